package studio.ozone.config;

import java.io.InputStream;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeProvider;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * Describes PIDs that no bundle describes, the switches first of all, so that the web console has a form for them: several bundles
 * share {@code ozone.pipeline.built_in}, and none of them owns it. Used by one thread.
 */
final class SwitchForms {

    private final BundleContext context;
    private Map<String, List<Key>> offered = Map.of();
    private ServiceRegistration<MetaTypeProvider> registration;

    SwitchForms(BundleContext context) {
        this.context = context;
    }

    /** Takes the place of what was offered before; the end of the bundle takes it back. */
    void offer(Map<String, List<Key>> forms) {
        if (forms.equals(offered)) {
            return;
        }
        offered = Map.copyOf(forms);
        if (registration != null) {
            registration.unregister();
        }
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(MetaTypeProvider.METATYPE_PID, forms.keySet().toArray(new String[0]));
        registration = context.registerService(MetaTypeProvider.class, new Provider(offered), properties);
    }

    private record Provider(Map<String, List<Key>> forms) implements MetaTypeProvider {

        @Override
        public ObjectClassDefinition getObjectClassDefinition(String pid, String locale) {
            List<Key> keys = forms.get(pid);
            return keys == null ? null : new Form(pid, keys);
        }

        @Override
        public String[] getLocales() {
            return null;
        }
    }

    private record Form(String pid, List<Key> keys) implements ObjectClassDefinition {

        @Override
        public String getName() {
            return "[" + pid.substring(Keys.PID_PREFIX.length()) + "]";
        }

        @Override
        public String getID() {
            return pid;
        }

        @Override
        public String getDescription() {
            return "The table " + getName() + " of etc/ozone.toml. What is changed here is written there.";
        }

        @Override
        public AttributeDefinition[] getAttributeDefinitions(int filter) {
            return filter == OPTIONAL ? new AttributeDefinition[0] : keys.stream().map(Field::new).toArray(AttributeDefinition[]::new);
        }

        @Override
        public InputStream getIcon(int size) {
            return null;
        }
    }

    private record Field(Key key) implements AttributeDefinition {

        @Override
        public String getName() {
            return Keys.name(key.name());
        }

        @Override
        public String getID() {
            return Keys.name(key.name());
        }

        @Override
        public String getDescription() {
            return key.description();
        }

        @Override
        public int getCardinality() {
            return key.list() ? Integer.MAX_VALUE : 0;
        }

        @Override
        public int getType() {
            return switch (key.type()) {
                case BOOLEAN -> BOOLEAN;
                case INTEGER -> LONG;
                case NUMBER -> DOUBLE;
                case STRING -> STRING;
            };
        }

        @Override
        public String[] getOptionValues() {
            return key.options().isEmpty() ? null : key.options().toArray(new String[0]);
        }

        @Override
        public String[] getOptionLabels() {
            return getOptionValues();
        }

        @Override
        public String validate(String value) {
            return null;
        }

        @Override
        public String[] getDefaultValue() {
            return key.byDefault() == null ? null
                : key.byDefault() instanceof List<?> list ? list.stream().map(String::valueOf).toArray(String[]::new)
                : new String[] {key.byDefault().toString()};
        }
    }
}
