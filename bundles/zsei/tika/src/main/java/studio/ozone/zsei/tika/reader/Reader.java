package studio.ozone.zsei.tika.reader;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.apache.tika.detect.DefaultDetector;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.parser.AutoDetectParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.parser.microsoft.OfficeParser;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.apache.tika.parser.microsoft.ooxml.OOXMLParser;
import org.apache.tika.parser.microsoft.rtf.RTFParser;
import org.apache.tika.parser.odf.OpenDocumentParser;
import org.apache.tika.parser.pdf.PDFParser;
import org.apache.tika.parser.pdf.PDFParserConfig;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/**
 * The process that takes texts out of documents, one after another, until its input ends. It runs apart so that a document which
 * eats memory or time, or breaks a parser, does no harm to anything else.
 *
 * <p>A request is path (UTF), kind (UTF), most characters (int). The answer is a byte 0, title, text, the number of headings (int),
 * and level (int), text, start in code points (int) of each; or a byte 1, an error code (UTF) and a message (UTF). A text is its
 * length in bytes (int; -1 for null) and that many bytes of UTF-8.
 */
public final class Reader {

    private final Parser parser;

    private Reader() {
        PDFParserConfig pdf = new PDFParserConfig();
        pdf.setExtractBookmarksText(false);
        pdf.setExtractInlineImages(false);
        pdf.setOcrStrategy(PDFParserConfig.OCR_STRATEGY.NO_OCR);
        pdf.setSortByPosition(false);
        PDFParser pdfParser = new PDFParser();
        pdfParser.setPDFParserConfig(pdf);
        this.parser = new AutoDetectParser(new DefaultDetector(), pdfParser, new JSoupParser(), new OOXMLParser(), new OfficeParser(),
                new RTFParser(), new OpenDocumentParser());
    }

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // a parser that prints must not spoil an answer
        Reader reader = new Reader();
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(answers, 1 << 16));
        while (true) {
            String path;
            try {
                path = in.readUTF();
            } catch (EOFException e) {
                return;
            }
            reader.answer(Path.of(path), in.readUTF(), in.readInt(), out);
            out.flush();
        }
    }

    private void answer(Path file, String kind, int maxChars, DataOutputStream out) throws IOException {
        DocumentText text = new DocumentText(maxChars, kind.equals("html"));
        Metadata metadata = new Metadata();
        metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, file.getFileName().toString());
        try (TikaInputStream stream = TikaInputStream.get(file)) {
            parser.parse(stream, text, metadata, context());
        } catch (EncryptedDocumentException e) {
            fail(out, "ENCRYPTED", "is protected with a password");
            return;
        } catch (OutOfMemoryError e) {
            fail(out, "BOMB", "needs more memory than " + (Runtime.getRuntime().maxMemory() >> 20) + " MB to be read");
            return;
        } catch (TikaException | SAXException | IOException | RuntimeException | StackOverflowError e) {
            if (text.full()) {
                fail(out, "BOMB", "expands to more than " + maxChars + " characters");
            } else if (bomb(e)) {
                fail(out, "BOMB", "looks like a zip bomb: it expands out of all proportion");
            } else {
                fail(out, "BROKEN", "is damaged, or not what its name says: " + reason(e));
            }
            return;
        }
        if (metadata.get(Metadata.CONTENT_TYPE) instanceof String type && text.isEmpty() && !supported(type)) {
            fail(out, "UNSUPPORTED", "is of a type that is not read: " + type);
            return;
        }
        write(out, text, metadata.get(TikaCoreProperties.TITLE));
    }

    private static boolean supported(String type) {
        return type.startsWith("text/") || type.contains("html") || type.contains("pdf") || type.contains("office")
                || type.contains("opendocument") || type.contains("msword") || type.contains("ms-") || type.contains("rtf");
    }

    /** What lies inside a document (pictures, attachments) is left out. */
    private ParseContext context() {
        ParseContext context = new ParseContext();
        context.set(Parser.class, parser);
        OfficeParserConfig office = new OfficeParserConfig();
        office.setExtractMacros(false);
        office.setIncludeHeadersAndFooters(false);
        context.set(OfficeParserConfig.class, office);
        context.set(EmbeddedDocumentExtractor.class, new EmbeddedDocumentExtractor() {
            @Override
            public boolean shouldParseEmbedded(Metadata metadata) {
                return false;
            }

            @Override
            public void parseEmbedded(InputStream stream, ContentHandler handler, Metadata metadata, boolean outputHtml) {
                throw new IllegalStateException("Nothing embedded is asked for");
            }
        });
        return context;
    }

    private static boolean bomb(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(java.util.Locale.ROOT);
            if (message.contains("zip bomb") || message.contains("min_inflate_ratio") || message.contains("entity expansion")) {
                return true;
            }
        }
        return false;
    }

    private static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.lines().findFirst().orElse(cause.getClass().getSimpleName());
    }

    private static void write(DataOutputStream out, DocumentText text, String title) throws IOException {
        out.writeByte(0);
        write(out, title == null || title.isBlank() ? text.firstTitle() : title.strip().replaceAll("\\s+", " "));
        write(out, text.toString());
        out.writeInt(text.headings().size());
        for (DocumentText.Heading heading : text.headings()) {
            out.writeInt(heading.level());
            write(out, heading.text());
            out.writeInt(heading.start());
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void fail(DataOutputStream out, String code, String message) throws IOException {
        out.writeByte(1);
        out.writeUTF(code);
        out.writeUTF(message.length() > 1000 ? message.substring(0, 1000) : message);
    }
}
