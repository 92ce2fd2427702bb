package studio.ozone.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.Assert.assertEquals;

/** A file of the repository that is made from the product: held against it, or written anew with {@code -Dozone.docs=write}. */
final class Made {

    private static final String COMMAND = "mvn -pl itests/docs -am test -Dozone.docs=write";

    private Made() {
    }

    static void check(String file, String text) throws IOException {
        Path path = Path.of("../..").resolve(file);
        if ("write".equals(System.getProperty("ozone.docs"))) {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        }
        assertEquals(file + " is not what the product says; this writes it anew: " + COMMAND,
            text, Files.exists(path) ? Files.readString(path) : "");
    }
}
