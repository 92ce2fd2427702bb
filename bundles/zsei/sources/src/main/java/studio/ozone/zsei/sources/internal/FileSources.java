package studio.ozone.zsei.sources.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import studio.ozone.api.config.Facts;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.sources.Extractor;
import studio.ozone.zsei.sources.Extractor.Extraction;

/** Reads files of this machine. The extractor for PDF, HTML and office files is fetched when the first of them is read. */
@Component(service = Sources.class, configurationPid = FileSources.PID)
@Designate(ocd = FileSources.Config.class)
public final class FileSources implements Sources {

    static final String PID = "ozone.zsei.sources";
    private static final int HEAD = 8192;
    private static final int MEGABYTE = 1 << 20;
    private static final int PLACES_KEPT_BYTES = 8 * MEGABYTE;

    @ObjectClassDefinition(name = "ZSEI sources", description = "Limits of reading files.")
    public @interface Config {
        @AttributeDefinition(description = "Megabytes of a file, or of one line of a JSON lines file. A larger one is refused unread.",
                min = "1", max = "512")
        @Facts(unit = "MiB")
        int max__file__mb() default 64;

        @AttributeDefinition(description = "Seconds that taking the text out of one PDF, HTML or office file may take.", min = "1",
                max = "3600")
        @Facts(unit = "s")
        int extract__timeout__seconds() default 120;

        @AttributeDefinition(description = "Megabytes of texts held in memory while their files stay the same.", min = "0", max = "1024")
        @Facts(unit = "MiB")
        int cache__mb() default 16;

        @AttributeDefinition(description = "Megabytes of texts taken out of PDF, HTML and office files that are kept on disk.", min = "1",
                max = "100000")
        @Facts(unit = "MiB")
        int text__cache__mb() default 1024;
    }

    /** @param state of the file when the text was read */
    private record Cached(FileState state, PlacedText text) { }

    private record Key(Path file, String record) { }

    private record Places(FileState state, Map<String, long[]> byId) { }

    private record Settings(int maxFileMb, Duration atMost, Cache<Key, Cached> texts, ExtractedTexts extracted) { }

    private final Path home;
    private final ComponentServiceObjects<Extractor> extractors;
    private final Cache<Path, Places> places = new Cache<>(PLACES_KEPT_BYTES, kept -> 100L * kept.byId().size());
    private Extractor extractor;
    private volatile Settings settings;

    @Activate
    public FileSources(BundleContext context,
            @Reference(service = Extractor.class, scope = ReferenceScope.BUNDLE) ComponentServiceObjects<Extractor> extractors,
            Config config) {
        this(Path.of(dataHome(context)), extractors, config);
    }

    FileSources(Path dataHome, ComponentServiceObjects<Extractor> extractors, Config config) {
        this.home = dataHome;
        this.extractors = extractors;
        this.settings = settings(config);
    }

    private static String dataHome(BundleContext context) {
        String home = context.getProperty("ozone.data");
        return home == null ? Path.of(System.getProperty("user.home"), ".ozone-studio").toString() : home;
    }

    @Modified
    void reconfigure(Config config) {
        settings = settings(config);
    }

    private Settings settings(Config config) {
        return new Settings(inRange("max_file_mb", config.max__file__mb(), 1, 512),
                Duration.ofSeconds(inRange("extract_timeout_seconds", config.extract__timeout__seconds(), 1, 3600)),
                new Cache<>((long) inRange("cache_mb", config.cache__mb(), 0, 1024) * MEGABYTE, kept -> kept.text().bytes()),
                new ExtractedTexts(home.resolve("zsei/global/text"),
                        (long) inRange("text_cache_mb", config.text__cache__mb(), 1, 100_000) * MEGABYTE));
    }

    private static int inRange(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("zsei.sources." + key + " is " + value + "; it must be " + least + ".." + most);
        }
        return value;
    }

    @Override
    public boolean readable(Path file) throws SourceException {
        FileState state = FileState.of(file);
        Kind kind = state.size() == 0 ? Kind.bySuffix(file.getFileName().toString()) : kind(file);
        if (kind != null && kind != Kind.JSONL) {
            refuseTooLarge(file, state);
        }
        return kind != null;
    }

    /** @return null where neither name nor content are understood */
    private static Kind kind(Path file) throws SourceException {
        byte[] head = new byte[HEAD];
        try (InputStream in = Files.newInputStream(file)) {
            int length = in.readNBytes(head, 0, HEAD);
            return Kind.of(file.getFileName().toString(), head, length);
        } catch (IOException e) {
            throw FileState.failure(file, e);
        }
    }

    @Override
    public boolean read(Path file, Visitor visitor) throws SourceException, ZseiException, InterruptedException {
        FileState state = FileState.of(file);
        Kind named = Kind.bySuffix(file.getFileName().toString());
        if (named != Kind.JSONL) {
            refuseTooLarge(file, state);
        }
        Kind kind = kind(file);
        try {
            if (kind == Kind.JSONL) {
                Records records = new Records(file, settings.maxFileMb() * MEGABYTE);
                if (records.recognised()) {
                    records.read(visitor);
                    return true;
                }
                refuseTooLarge(file, state);
                kind = Kind.TEXT;
            }
            String name = file.getFileName().toString();
            if (kind != null && kind.extracted()) {
                Extraction extraction = extraction(file, state, kind);
                visitor.document(new Document(null, extraction.title() == null ? name : extraction.title(), kind.label(),
                        extraction.text(), Map.of("kind", kind.label()), extraction.headings()));
                return false;
            }
            if (kind == null) {
                throw new SourceException(Code.UNSUPPORTED, file + " is neither text (UTF-8, or UTF-16 with a byte order mark) nor of"
                        + " another kind that is read: PDF, HTML, office files");
            }
            String text = decode(file);
            List<Heading> headings = kind == Kind.MARKDOWN ? MarkdownHeadings.of(text) : List.of();
            String title = headings.isEmpty() || headings.getFirst().level() != 1 ? name : headings.getFirst().text();
            visitor.document(new Document(null, title, kind.label(), text, Map.of("kind", kind.label()), headings));
            return false;
        } catch (IOException e) {
            throw FileState.failure(file, e);
        }
    }

    private void refuseTooLarge(Path file, FileState state) throws SourceException {
        int max = settings.maxFileMb();
        if (state.size() > (long) max * MEGABYTE) {
            throw new SourceException(Code.TOO_LARGE, file + " has " + state.size() / MEGABYTE + " MB; at most " + max
                    + " MB are read (zsei.sources.max_file_mb). Split it, or make it JSON lines, which may be of any size");
        }
    }

    /** A file under {@code /proc} says that it is empty and is not, so what is read is bounded, not what is said. */
    private String decode(Path file) throws IOException, SourceException {
        int max = settings.maxFileMb() * MEGABYTE;
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(max);
            if (in.read() >= 0) {
                throw new SourceException(Code.TOO_LARGE,
                        file + " has more than " + settings.maxFileMb() + " MB (zsei.sources.max_file_mb)");
            }
        }
        return Encoding.decode(bytes, 0, bytes.length, file.toString());
    }

    private Extraction extraction(Path file, FileState state, Kind kind) throws IOException, SourceException, InterruptedException {
        refuseTooLarge(file, state);
        if (state.size() == 0) {
            return new Extraction(null, "", List.of());
        }
        Settings now = settings;
        String hash = Hashes.of(file);
        Extractor reader = extractor();
        if (reader == null) {
            throw new SourceException(Code.UNSUPPORTED, "Nothing is installed that reads " + kind.label() + " files, so " + file
                    + " cannot be read. Install the feature ozone-zsei-tika");
        }
        Extraction known = now.extracted().find(hash, reader.version());
        if (known == null) {
            known = reader.extract(file, kind.label(), now.maxFileMb() * MEGABYTE, now.atMost());
            now.extracted().keep(hash, reader.version(), known);
        }
        if (known.text().isBlank()) {
            throw new SourceException(Code.UNSUPPORTED, file
                    + " holds no text. If it is a scan, let a program for text recognition (OCR) write the text into it first");
        }
        return known;
    }

    /** Fetched at the first need and held from then on; given back when this component ends. */
    private synchronized Extractor extractor() {
        if (extractor == null) {
            extractor = extractors.getService();
        }
        return extractor;
    }

    @Override
    public Text text(Container document) throws SourceException {
        if (document.source() == null) {
            throw new SourceException(Code.UNSUPPORTED, "\"" + document.name() + "\" has no source");
        }
        Settings now = settings;
        Path file = Path.of(document.source());
        FileState state = FileState.of(file);
        Key key = new Key(file, document.record());
        Cached cached = now.texts().get(key);
        if (cached != null && cached.state().equals(state)) {
            return cached.text();
        }
        try {
            PlacedText text = document.record() == null ? whole(file, state, document) : record(file, state, document);
            now.texts().put(key, new Cached(state, text));
            return text;
        } catch (IOException e) {
            throw FileState.failure(file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException(Code.UNREADABLE, "Reading " + file + " was cancelled", e);
        }
    }

    private PlacedText whole(Path file, FileState state, Container document) throws IOException, SourceException, InterruptedException {
        String label = document.attributes().get("kind");
        Kind kind = Arrays.stream(Kind.values()).filter(each -> each.label().equals(label)).findFirst().orElse(null);
        if (kind == null) {
            kind = kind(file);
        }
        if (kind != null && kind.extracted()) {
            return PlacedText.whole(extraction(file, state, kind).text());
        }
        refuseTooLarge(file, state);
        return PlacedText.whole(decode(file));
    }

    private PlacedText record(Path file, FileState state, Container document) throws IOException, SourceException {
        Records records = new Records(file, settings.maxFileMb() * MEGABYTE);
        Map<String, String> locator = document.attributes();
        Records.Entry entry = null;
        if (locator.containsKey("offset") && locator.containsKey("line")) {
            entry = records.at(Long.parseLong(locator.get("offset")), Long.parseLong(locator.get("line")), document.record());
        }
        if (entry == null) {
            Places known = places.get(file);
            if (known == null || !known.state().equals(state)) {
                known = new Places(state, records.places());
                places.put(file, known);
            }
            long[] place = known.byId().get(document.record());
            entry = place == null ? null : records.at(place[0], place[1], document.record());
        }
        if (entry == null) {
            throw new SourceException(Code.GONE, file + " holds no record with the id \"" + document.record() + "\" any more");
        }
        return PlacedText.record(entry.text(), (int) Math.min(Integer.MAX_VALUE, entry.line()));
    }

    @Override
    public String chunk(Container chunk) throws SourceException {
        Text text = text(chunk);
        if (chunk.end() <= text.length()) {
            String slice = text.slice(chunk.start(), chunk.end());
            if (Hashes.of(slice).equals(chunk.contentHash())) {
                return slice;
            }
        }
        throw new SourceException(Code.CHANGED, chunk.source() + " has changed since it was read. Read it again: ozone-core ingest "
                + chunk.source());
    }

    @Override
    public List<String> kinds() {
        return Arrays.stream(Kind.values()).flatMap(kind -> kind.suffixes().stream().map(suffix -> "." + suffix)).sorted().toList();
    }
}
