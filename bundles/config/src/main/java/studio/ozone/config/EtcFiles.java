package studio.ozone.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The configuration files of the folder {@code etc/}: which there are, what they hold, and how one is replaced as a whole. */
final class EtcFiles {

    static final String MAIN = "ozone.toml";
    /** A configuration is written by hand; what is larger than this in bytes is something else. */
    static final long LARGEST = 1 << 20;
    private static final String TOML = ".toml";
    private static final String CFG = ".cfg";

    private final Path folder;
    private final Path main;

    EtcFiles(Path folder) {
        this(folder, folder.resolve(MAIN));
    }

    /** @param main the user's file; where it lies elsewhere, there is none in the folder */
    EtcFiles(Path folder, Path main) {
        this.folder = folder;
        this.main = main;
    }

    /**
     * @param elsewhere the user's file, or a folder with an {@code ozone.toml}, in place of the one in {@code etc/}; null for that one
     */
    static EtcFiles of(Path folder, String elsewhere) {
        if (elsewhere == null || elsewhere.isBlank()) {
            return new EtcFiles(folder);
        }
        Path path = Path.of(elsewhere).toAbsolutePath().normalize();
        return new EtcFiles(folder, Files.isDirectory(path) ? path.resolve(MAIN) : path);
    }

    Path folder() {
        return folder;
    }

    Path main() {
        return main;
    }

    /** Where nobody but the history writes. */
    Path history() {
        return folder.resolve("history");
    }

    Path profiles() {
        return folder.resolve("profiles");
    }

    /** Weakest first: the user's file, then the dropped files by name. */
    List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, file -> isSource(file.getFileName().toString()))) {
            for (Path file : found) {
                if (!Files.isDirectory(file) && !file.getFileName().toString().equals(MAIN)) {
                    files.add(file);
                }
            }
        }
        if (Files.exists(main, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(main)) {
            files.add(main);
        }
        files.sort(order());
        return files;
    }

    /** The user's file first, the others by name. */
    Comparator<Path> order() {
        return Comparator.<Path, Boolean>comparing(file -> !file.equals(main)).thenComparing(file -> file.getFileName().toString())
            .thenComparing(Comparator.naturalOrder());
    }

    /** A file's name as the history has it: short where it lies in the folder. */
    String name(Path file) {
        return folder.equals(file.getParent()) ? file.getFileName().toString() : file.toString();
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    static boolean isSource(String name) {
        return !name.startsWith(".") && (name.endsWith(TOML) || name.endsWith(CFG) && name.startsWith(Keys.PID_PREFIX));
    }

    /**
     * @throws NoSuchFileException if it has gone
     * @throws IOException if it is too large or cannot be read; the message is for the user
     */
    static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST) {
            throw new IOException("the file has " + size + " bytes; a configuration may have up to " + LARGEST);
        }
        return Files.readAllBytes(file);
    }

    /** @throws TomlException if the bytes are no valid UTF-8, or the text is no valid configuration; names the line */
    static Document parse(Path file, byte[] content) throws TomlException {
        String text = decode(content);
        String name = file.getFileName().toString();
        if (!name.endsWith(CFG) || !name.startsWith(Keys.PID_PREFIX)) {
            return TomlReader.read(text);
        }
        String table = name.substring(Keys.PID_PREFIX.length(), name.length() - CFG.length());
        return Cfg.read(text, List.of(table.split("\\.")));
    }

    private static String decode(byte[] content) throws TomlException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(bytes).toString();
        } catch (CharacterCodingException e) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < bytes.position(); i++) {
                column = content[i] == '\n' ? 1 : column + 1;
                line += content[i] == '\n' ? 1 : 0;
            }
            throw new TomlException(line, column, "the bytes here are not UTF-8; save the file in that encoding");
        }
    }

    /**
     * Replaces a file as a whole: at any moment, a crash included, it is the old one or the new one. Where it is a symbolic link, the
     * file behind it is replaced.
     */
    static void write(Path file, String text) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path aside = target.resolveSibling("." + target.getFileName() + ".new");     // a crash leaves one of these at most
        try {
            try (FileChannel out = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ownerOnly(aside);
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            keepPermissions(target, aside);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
        try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void ownerOnly(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        if (Files.exists(from)) {
            view.setPermissions(Files.getPosixFilePermissions(from));
        } else {
            view.setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
        }
    }
}
