package studio.ozone.config;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/**
 * Reads the byte code of every bundle of this project, the libraries inside them included: none but {@code egress} can open a connection. What a
 * class refers to stands in its constant pool, whether the code is reached or not. A few places are allowed, each with its reason; an allowance
 * that nothing needs any more fails too.
 */
public class ConnectionsTest {

    private static final String OURS = "studio.ozone.";
    private static final String EGRESS = "studio.ozone.egress";

    /** Classes that are, or open, connections. */
    private static final Pattern CLASSES = Pattern.compile("java/net/(Server|Datagram|Multicast)?Socket|java/net/(Http|Jar)?URLConnection|java/net/http/.*"
        + "|java/nio/channels/(Asynchronous)?(Server)?(Socket|Datagram)Channel|javax/net/.*SocketFactory|javax/net/ssl/(SSL(Server)?Socket|HttpsURLConnection)"
        + "|sun/net/www/.*|java/rmi/.*|javax/naming/.*|(org/apache/(hc|http)|okhttp3|io/netty|org/eclipse/jetty/(client|http2)|com/sun/jndi)/.*"
        + "|opennlp/tools/util/DownloadUtil.*");

    /** Methods that look a name up or open a connection; the descriptor's beginning tells a constructor from another. */
    private static final Pattern METHODS = Pattern.compile("java/net/URL\\.(openConnection|openStream|getContent)\\(.*"
        + "|java/net/InetAddress\\.(getByName|getAllByName|getLocalHost|isReachable|getCanonicalHostName|getHostName)\\(.*"
        + "|java/net/Inet[46]Address\\.(getByName|getAllByName)\\(.*|java/net/InetSocketAddress\\.<init>\\(Ljava/lang/String;I\\).*"
        + "|javax/xml/parsers/.*\\.parse\\(Ljava/lang/String;.*");

    /** Bundle, class and reference, to the reason why it is no way out. */
    private static final Map<Pattern, String> ALLOWED = new LinkedHashMap<>();

    static {
        allow("studio\\.ozone\\.runtime\\.socket studio/ozone/.*", "the command socket: a Unix domain socket that only the owner may open");
        allow("studio\\.ozone\\.benchmark studio/ozone/benchmark/Door java/nio/channels/SocketChannel", "the same of the instance that it measures: a Unix domain socket");
        allow("studio\\.ozone\\.config studio/ozone/config/BundleKeys java/net/URL\\.openStream.*", "entries of installed bundles, by the framework's own URLs");
        allow("studio\\.ozone\\.zsei\\.tika studio/ozone/zsei/tika/internal/ClassPath java/net/URL\\.openStream.*", "entries of its own bundle, by the framework's own URLs");
        // Libraries inside bundles are judged class by class: what opens a connection there must be out of reach of our code.
        allow("studio\\.ozone\\.zsei\\.tika (?!studio/).*", "the parsers' class path of the reading process; the core never loads them");
        allow("studio\\.ozone\\.zsei\\.index org/apache/lucene/store/Lock(StressTest|VerifyServer).*", "command-line tools of Lucene's");
        allow("studio\\.ozone\\.zsei\\.store kotlin/io/TextStreamsKt java/net/URL\\.openStream.*", "an extension of URL; nothing here has one");
        allow("studio\\.ozone\\.runtime\\.json com/fasterxml/jackson/core/TokenStreamFactory java/net/URL\\.openStream.*", "for a URL; JSON is read from texts here");
        allow("studio\\.ozone\\.llm\\.api dev/langchain4j/internal/(Utils|CustomMimeTypesFileTypeDetector) java/net/.*", "images by URL, and kinds of files; questions hold neither");
        allow("studio\\.ozone\\.llm\\.api com/fasterxml/jackson/(core/TokenStreamFactory|databind/ObjectReader) java/net/URL\\.openStream.*",
            "for a URL; JSON is read from texts here");
        allow("studio\\.ozone\\.llm\\.api com/fasterxml/jackson/databind/deser/std/FromStringDeserializer\\$Std java/net/.*", "for a field of that type; no answer has one");
        allow("studio\\.ozone\\.pipeline\\.text_analysis opennlp/.*", "its fetcher of models, which our classes may not name, and models by URL; ours lie in the bundle");
    }

    private static void allow(String place, String reason) {
        ALLOWED.put(Pattern.compile(place), reason);
    }

    /** Bundle to "class reference". */
    private final Map<String, Set<String>> found = new TreeMap<>();
    private final Set<String> bundles = new TreeSet<>();
    private int classes;

    @Test
    public void onlyEgressOpensConnections() throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                bundle(path);
            } else if (path.getFileName().toString().startsWith("ozone-") && Files.isRegularFile(path)) {
                try (FileSystem jar = FileSystems.newFileSystem(path)) {
                    bundle(jar.getPath("/"));
                }
            }
        }
        assertTrue("all bundles are looked at: " + bundles, bundles.containsAll(Set.of(EGRESS, "studio.ozone.zsei.index", "studio.ozone.zsei.store",
            "studio.ozone.runtime.socket", "studio.ozone.llm.extractive", "studio.ozone.zsei.tika", "studio.ozone.shell")));
        assertTrue("the libraries inside them too: " + classes, classes > 5000);
        assertTrue("the reading sees what there is", found.getOrDefault(EGRESS, Set.of()).stream().anyMatch(use -> use.endsWith(" java/nio/channels/SocketChannel")));
        List<String> forbidden = new ArrayList<>();
        Set<Pattern> needed = new HashSet<>();
        found.forEach((bundle, uses) -> uses.stream().filter(use -> !bundle.equals(EGRESS)).forEach(use -> {
            List<Pattern> by = ALLOWED.keySet().stream().filter(place -> place.matcher(bundle + " " + use).matches()).toList();
            needed.addAll(by);
            if (by.isEmpty()) {
                forbidden.add(bundle + " " + use);
            }
        }));
        assertEquals("Connections are opened through studio.ozone.api.egress.Egress alone", "", String.join("\n", forbidden));
        assertEquals("An allowance that nothing needs", List.of(), ALLOWED.keySet().stream().filter(place -> !needed.contains(place)).map(Pattern::pattern).toList());
    }

    private void bundle(Path root) throws IOException {
        Path manifest = root.resolve("META-INF/MANIFEST.MF");
        if (!Files.exists(manifest)) {
            return;
        }
        String name;
        try (InputStream in = Files.newInputStream(manifest)) {
            name = new Manifest(in).getMainAttributes().getValue("Bundle-SymbolicName");
        }
        if (name == null || !name.startsWith(OURS)) {
            return;
        }
        bundles.add(name);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (file.toString().endsWith(".class")) {
                    read(name, Files.readAllBytes(file));
                } else if (file.toString().endsWith(".jar")) {
                    jar(name, Files.readAllBytes(file));
                }
            }
        }
    }

    private void jar(String bundle, byte[] bytes) throws IOException {
        try (ZipInputStream jar = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                if (entry.getName().endsWith(".class")) {
                    read(bundle, jar.readAllBytes());
                } else if (entry.getName().endsWith(".jar")) {
                    jar(bundle, jar.readAllBytes());
                }
            }
        }
    }

    private void read(String bundle, byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        if (model.isModuleInfo()) {
            return;
        }
        classes++;
        String name = model.thisClass().asInternalName();
        for (PoolEntry entry : model.constantPool()) {
            String reference = switch (entry) {
                case ClassEntry type -> type.asInternalName().replaceAll("^\\[+L?|;$", "");
                case MemberRefEntry member -> member.owner().asInternalName() + "." + member.name().stringValue() + member.type().stringValue();
                default -> "";
            };
            if ((entry instanceof ClassEntry ? CLASSES : METHODS).matcher(reference).matches()) {
                found.computeIfAbsent(bundle, any -> new TreeSet<>()).add(name + " " + reference);
            }
        }
    }
}
