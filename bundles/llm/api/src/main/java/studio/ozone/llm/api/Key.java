package studio.ozone.llm.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/** The key of one server, read each time it is needed and never shown. */
final class Key {

    private static final int LONGEST = 4_096;
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private final String secret;

    private Key(String secret) {
        this.secret = secret;
    }

    /**
     * From the environment, else from the file.
     *
     * @param environment the value of a variable; null where it is not set
     * @return null where there is none and none is needed
     * @throws ProviderException if there is none, the file is not there or others can read it; never holds the key
     */
    static Key of(Table table, UnaryOperator<String> environment) throws ProviderException {
        String variable = table.variable();
        if (variable == null) {
            return null;
        }
        String value = environment.apply(variable);
        if (value != null && !value.isBlank()) {
            return new Key(clean(value, "The variable " + variable));
        }
        if (!table.keyFile().isBlank()) {
            return new Key(clean(read(table), table.key("key_file") + " = " + table.keyFile()));
        }
        if (table.needsKey()) {
            throw new ProviderException(Code.UNAVAILABLE, "There is no key for " + table.name() + ". Start Ozone with the variable " + variable
                    + ", or put the key into a file that only you can read and name it: ozone-core config --set " + table.key("key_file") + "=<file>");
        }
        return null;
    }

    private static String read(Table table) throws ProviderException {
        String named = table.key("key_file") + " = " + table.keyFile();
        try {
            String path = table.keyFile().strip();
            Path file = Path.of(path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path);
            if (!file.isAbsolute()) {
                throw new ProviderException(Code.UNAVAILABLE, named + " is no absolute path.");
            }
            if (!Files.isRegularFile(file)) {
                throw new ProviderException(Code.UNAVAILABLE, named + " is not there, or no file.");
            }
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new ProviderException(Code.UNAVAILABLE, named + " can be read by others, so the key in it is not used. Make it yours alone: chmod 600 "
                        + file);
            }
            try (InputStream in = Files.newInputStream(file)) {
                return new String(in.readNBytes(LONGEST + 2), StandardCharsets.UTF_8);
            }
        } catch (IOException | InvalidPathException e) {
            throw new ProviderException(Code.UNAVAILABLE, named + " cannot be read: " + Said.clean(e.getMessage()), e);
        }
    }

    /** A key goes into a header, so it is one line of visible ASCII. */
    private static String clean(String value, String where) throws ProviderException {
        String key = value.strip();
        if (key.isEmpty() || key.length() > LONGEST || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ProviderException(Code.UNAVAILABLE, where + " does not hold a key: that is one line without spaces.");
        }
        return key;
    }

    /** For the header of a request. */
    String secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "a key";
    }
}
