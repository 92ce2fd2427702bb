package studio.ozone.zsei.sources.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;

/**
 * Bytes to text, strictly: UTF-8, or UTF-16 with a byte order mark. A text of another encoding is refused rather than guessed at,
 * since a wrong guess would quote what nobody wrote; the message names the first byte that does not fit.
 */
final class Encoding {

    private Encoding() {
    }

    /** @param name what the message calls the bytes */
    static String decode(byte[] bytes, int from, int length, String name) throws SourceException {
        Charset charset = charset(bytes, from, length);
        int skip = charset == StandardCharsets.UTF_8 ? 0 : 2;
        ByteBuffer in = ByteBuffer.wrap(bytes, from + skip, length - skip);
        CharsetDecoder decoder = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(length - skip + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isUnderflow()) {
            result = decoder.flush(out);
        }
        if (result.isError()) {
            throw new SourceException(Code.NOT_TEXT, name + " is not valid " + charset.name() + ": the byte at position "
                    + (in.position() - from) + " does not fit. Convert it, for instance with: iconv -f WINDOWS-1252 -t UTF-8");
        }
        out.flip();
        String text = out.toString();
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new SourceException(Code.NOT_TEXT, name + " is not text: it holds a NUL at character " + nul);
        }
        return text;
    }

    private static Charset charset(byte[] bytes, int from, int length) {
        if (length >= 2) {
            int mark = (bytes[from] & 0xff) << 8 | bytes[from + 1] & 0xff;
            if (mark == 0xfeff) {
                return StandardCharsets.UTF_16BE;
            }
            if (mark == 0xfffe) {
                return StandardCharsets.UTF_16LE;
            }
        }
        return StandardCharsets.UTF_8;
    }

    /** Whether the beginning of a file may be text; a character that the beginning cuts off does not count against it. */
    static boolean looksLikeText(byte[] head, int length) {
        Charset charset = charset(head, 0, length);
        int skip = charset == StandardCharsets.UTF_8 ? 0 : 2;
        CharsetDecoder decoder = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(length + 1);
        if (decoder.decode(ByteBuffer.wrap(head, skip, length - skip), out, false).isError()) {
            return false;
        }
        out.flip();
        return out.toString().indexOf('\0') < 0;
    }
}
