package studio.ozone.zsei.sources.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;

/**
 * What tells one state of a file from another without reading it. The change time is part of it where the system has one: it cannot
 * be set back as the modification time can.
 */
record FileState(long size, long modified, long changed, Object key) {

    /** @throws SourceException GONE, or UNSUPPORTED for what is not a regular file */
    static FileState of(Path file) throws SourceException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new SourceException(Code.UNSUPPORTED, file + " is a folder");
            }
            if (!attributes.isRegularFile()) {
                throw new SourceException(Code.UNSUPPORTED, file + " is not a file but a pipe, a socket or a device");
            }
            return new FileState(attributes.size(), attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    changeTime(file), attributes.fileKey());
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static long changeTime(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return 0;
        }
        Map<String, Object> attributes = Files.readAttributes(file, "unix:ctime", new LinkOption[0]);
        return attributes.get("ctime") instanceof java.nio.file.attribute.FileTime time
                ? time.to(java.util.concurrent.TimeUnit.NANOSECONDS)
                : 0;
    }

    static SourceException failure(Path file, IOException e) {
        return switch (e) {
            case NoSuchFileException gone -> new SourceException(Code.GONE, file + " is not there any more", e);
            case AccessDeniedException denied -> new SourceException(Code.UNREADABLE, file + " may not be read: permission denied", e);
            default -> new SourceException(Code.UNREADABLE, file + " cannot be read: " + e.getMessage(), e);
        };
    }
}
