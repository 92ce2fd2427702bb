package studio.ozone.itests.exam;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

import org.ops4j.pax.exam.Option;

import studio.ozone.itests.Distribution;

import static org.ops4j.pax.exam.CoreOptions.environment;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.doNotModifyLogConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;

/** How Pax Exam starts the assembled distribution: laid out and launched as {@code ozone-core} does it, with Pax Exam's feature added. */
final class Exam {

    /** Where tests find the checkout's own files. */
    static final String CHECKOUT = "ozone.checkout";

    private static final String MVN = "etc/org.ops4j.pax.url.mvn.cfg";

    private Exam() {
    }

    static Option[] distribution() throws IOException {
        Path folder = Path.of("target/exam");
        if (Files.exists(folder)) {
            try (Stream<Path> left = Files.walk(folder)) {
                left.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
        Distribution distribution = new Distribution(Files.createDirectories(folder));
        return options(
                karafDistributionConfiguration().existing(distribution.home().toFile()).name("Ozone Studio").karafVersion(System.getProperty("karaf.version"))
                        .karafMain(Distribution.MAIN)
                        .karafData("../data/karaf").karafLog("../log"),
                configureConsole().ignoreLocalConsole().ignoreRemoteShell(), doNotModifyLogConfiguration(),
                vmOption("@lib/jvm.options"),
                // What Pax Exam's way into the container reaches for by reflection.
                vmOption("--add-opens=java.rmi/sun.rmi.transport.tcp=ALL-UNNAMED"),
                vmOption("--add-opens=java.naming/javax.naming.spi=ALL-UNNAMED"),
                vmOption("-Dozone.data=" + distribution.data()),
                vmOption("-Djava.io.tmpdir=" + distribution.data().resolve("karaf/tmp")),
                vmOption("-classpath"), vmOption(distribution.classPath()),
                environment("OZONE_WEB_HTTP__PORT=" + distribution.port()),
                environment("MALLOC_ARENA_MAX=1"),
                systemProperty(CHECKOUT).value(Path.of(System.getProperty(CHECKOUT)).toRealPath().toString()),
                // Its bundles are dependencies of this module, so that no test looks for anything on the network.
                editConfigurationFilePut(MVN, "org.ops4j.pax.url.mvn.localRepository", System.getProperty("ozone.repository")),
                editConfigurationFilePut(MVN, "org.ops4j.pax.url.mvn.repositories", ""));
    }
}
