package studio.ozone.runtime.socket;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.Test;

import studio.ozone.api.care.CareException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class OutcomeTest {

    /** What the contracts throw is written for users: they see no name of a class. */
    @Test
    public void everyExceptionOfTheContractsIsToldInItsOwnWords() throws Exception {
        List<Class<?>> exceptions = exceptions();
        assertTrue(exceptions.toString(), exceptions.contains(CareException.class) && exceptions.size() > 5);
        for (Class<?> type : exceptions) {
            Constructor<?> made = Stream.of(type.getConstructors()).filter(each -> List.of(each.getParameterTypes()).indexOf(Throwable.class) < 0).findFirst()
                .orElseThrow();
            Object[] arguments = Stream.of(made.getParameterTypes())
                .map(each -> each == String.class ? "The words" : each.isEnum() ? each.getEnumConstants()[0] : null).toArray();
            assertEquals(type.getName(), "The words", Outcome.of((Throwable) made.newInstance(arguments)).message());
        }
    }

    private static List<Class<?>> exceptions() throws IOException, ReflectiveOperationException {
        URI at = URI.create(CareException.class.getProtectionDomain().getCodeSource().getLocation().toString());
        if (Files.isDirectory(Path.of(at))) {
            return under(Path.of(at));
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + at), Map.of())) {
            return under(jar.getPath("/"));
        }
    }

    private static List<Class<?>> under(Path root) throws IOException, ReflectiveOperationException {
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(each -> each.toString().endsWith("Exception.class")).toList()) {
                found.add(Class.forName(root.relativize(file).toString().replace(".class", "").replace('/', '.')));
            }
        }
        return found;
    }
}
