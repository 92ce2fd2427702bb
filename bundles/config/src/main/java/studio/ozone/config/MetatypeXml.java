package studio.ozone.config;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;

import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

import studio.ozone.api.config.Facts;
import studio.ozone.api.config.Settings.Applies;

/**
 * The configuration schema in a bundle's {@code OSGI-INF/metatype/*.xml} (Metatype 105.8). It is read from the file, since the
 * Metatype Service shows nothing of a bundle that is not started.
 */
final class MetatypeXml extends DefaultHandler {

    private record Attribute(String id, Key.Type type, boolean list, String byDefault, Double min, Double max, List<String> options,
            String description, Key.About about) { }

    private final String bundle;
    private final Map<String, List<Attribute>> classes = new HashMap<>();
    private final Map<String, String> classByPid = new HashMap<>();
    private List<Attribute> current;
    private String pid;

    private MetatypeXml(String bundle) {
        this.bundle = bundle;
    }

    /**
     * @param bundle the symbolic name, to be named as reader of the keys
     * @throws IOException if the file is no XML
     */
    static List<Key> read(InputStream xml, String bundle) throws IOException {
        MetatypeXml handler = new MetatypeXml(bundle);
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.newSAXParser().parse(new InputSource(xml), handler);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException("The metatype of " + bundle + " is not readable: " + e.getMessage(), e);
        }
        return handler.keys();
    }

    @Override
    public void startElement(String uri, String localName, String name, Attributes values) {
        switch (name.substring(name.indexOf(':') + 1)) {
            case "OCD" -> {
                current = classes.computeIfAbsent(values.getValue("id"), id -> new ArrayList<>());
                if (values.getValue(Facts.NAMESPACE, "values") != null) {
                    current.add(anyKey(values));
                }
            }
            case "AD" -> current.add(attribute(values));
            case "Option" -> current.getLast().options().add(values.getValue("value"));
            case "Designate" -> pid = values.getValue("pid") != null ? values.getValue("pid") : values.getValue("factoryPid");
            case "Object" -> classByPid.put(pid, values.getValue("ocdref"));
            default -> { }
        }
    }

    private static Attribute attribute(Attributes values) {
        String cardinality = values.getValue("cardinality");
        Key.Type type = switch (String.valueOf(values.getValue("type"))) {
            case "Boolean" -> Key.Type.BOOLEAN;
            case "Long", "Integer", "Short", "Byte" -> Key.Type.INTEGER;
            case "Double", "Float" -> Key.Type.NUMBER;
            default -> Key.Type.STRING;
        };
        return new Attribute(values.getValue("id"), type, cardinality != null && !cardinality.equals("0"), values.getValue("default"),
            type == Key.Type.STRING ? null : bound(values.getValue("min")), type == Key.Type.STRING ? null : bound(values.getValue("max")),
            new ArrayList<>(), text(values.getValue("description")), about(values));
    }

    /** An {@link studio.ozone.api.config.AnyKey}. */
    private static Attribute anyKey(Attributes values) {
        String options = values.getValue(Facts.NAMESPACE, "values").strip();
        return new Attribute(Keys.ANY.substring(1), Key.Type.STRING, false, null, null, null, options.isEmpty() ? List.of() : List.of(options.split(" +")),
            text(values.getValue("description")), about(values));
    }

    /** The {@link Facts} of an attribute. */
    private static Key.About about(Attributes values) {
        String applies = values.getValue(Facts.NAMESPACE, "applies");
        return new Key.About(text(values.getValue(Facts.NAMESPACE, "unit")), applies == null ? Applies.LIVE : Applies.valueOf(applies),
            text(values.getValue(Facts.NAMESPACE, "advice")), Boolean.parseBoolean(values.getValue(Facts.NAMESPACE, "secret")));
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private static Double bound(String text) {
        return text == null || text.isBlank() ? null : Double.valueOf(text.strip());
    }

    private List<Key> keys() {
        List<Key> keys = new ArrayList<>();
        classByPid.forEach((owner, id) -> {
            if (owner != null && owner.startsWith(Keys.PID_PREFIX)) {
                for (Attribute each : classes.getOrDefault(id, List.of())) {
                    keys.add(KnownKeys.key(Keys.full(owner, each.id()), each.type(), each.list(), each.byDefault(), each.min(), each.max(),
                        List.copyOf(each.options()), each.description(), bundle, each.about()));
                }
            }
        });
        return keys;
    }
}
