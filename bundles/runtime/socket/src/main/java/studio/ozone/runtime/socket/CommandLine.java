package studio.ozone.runtime.socket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One command as it stands in a request ({@code docs/formats/command-protocol.md}).
 *
 * @param cwd the caller's folder, absolute
 * @param columns the width of the caller's terminal; 0 where its output is no terminal
 * @param argv the command's name and its arguments, at least one
 * @param stdin what the command may read; empty where the caller sent nothing
 */
record CommandLine(Path cwd, int columns, List<String> argv, byte[] stdin) {

    /**
     * @param body NUL-terminated UTF-8 fields: cwd, columns, argv…; after the arguments, what the command reads
     * @param arguments how many fields argv has; -1 where the body ends with it
     * @throws Request.Refused if the body is not of this form
     */
    static CommandLine parse(byte[] body, int arguments) throws Request.Refused {
        List<String> fields = new ArrayList<>();
        int most = arguments < 0 ? Integer.MAX_VALUE : arguments + 2;
        int at = 0;
        while (at < body.length && fields.size() < most) {
            int end = at;
            while (end < body.length && body[end] != 0) {
                end++;
            }
            if (end == body.length) {
                throw new Request.Refused(400, "A field of the command does not end");
            }
            fields.add(text(body, at, end));
            at = end + 1;
        }
        if (fields.size() < 3 || arguments >= 0 && fields.size() < most) {
            throw new Request.Refused(400, "The command has too few fields");
        }
        return new CommandLine(folder(fields.get(0)), columns(fields.get(1)), List.copyOf(fields.subList(2, fields.size())),
                Arrays.copyOfRange(body, at, body.length));
    }

    private static String text(byte[] body, int from, int to) throws Request.Refused {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, from, to - from)).toString();
        } catch (CharacterCodingException e) {
            throw new Request.Refused(400, "A field of the command is not UTF-8");
        }
    }

    private static Path folder(String text) throws Request.Refused {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new Request.Refused(400, "The caller's folder is not an absolute path: " + text);
    }

    private static int columns(String text) throws Request.Refused {
        try {
            return Math.clamp(Integer.parseInt(text), 0, 10_000);
        } catch (NumberFormatException e) {
            throw new Request.Refused(400, "The number of columns is not a number: " + text);
        }
    }
}
