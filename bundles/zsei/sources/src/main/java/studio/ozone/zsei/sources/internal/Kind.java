package studio.ozone.zsei.sources.internal;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a file is, by its suffix and its first bytes. */
enum Kind {
    TEXT(false, "txt", "text", "rst", "adoc", "asciidoc", "org", "tex", "log", "csv", "tsv", "srt", "vtt"),
    MARKDOWN(false, "md", "markdown", "mdown", "mkd", "mdx"),
    CODE(false, "java", "kt", "kts", "scala", "groovy", "gradle", "clj", "py", "pyi", "rb", "php", "pl", "pm", "lua", "r", "jl", "js", "mjs",
            "cjs", "jsx", "ts", "tsx", "vue", "svelte", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "cs", "fs", "vb", "go", "rs", "swift",
            "m", "mm", "zig", "dart", "ex", "exs", "erl", "hs", "ml", "el", "lisp", "scm", "sql", "sh", "bash", "zsh", "fish", "ps1", "bat",
            "css", "scss", "less", "xml", "xsd", "xsl", "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "properties", "proto",
            "graphql", "tf", "nix", "cmake", "bnd"),
    JSONL(false, "jsonl", "ndjson"),
    HTML(true, "html", "htm", "xhtml"),
    PDF(true, "pdf"),
    OFFICE(true, "docx", "docm", "dotx", "doc", "xlsx", "xlsm", "xls", "pptx", "pptm", "ppt", "odt", "ods", "odp", "rtf");

    private static final Map<String, Kind> BY_SUFFIX = new HashMap<>();

    static {
        for (Kind kind : values()) {
            kind.suffixes.forEach(suffix -> BY_SUFFIX.put(suffix, kind));
        }
    }

    private final boolean extracted;
    private final List<String> suffixes;

    Kind(boolean extracted, String... suffixes) {
        this.extracted = extracted;
        this.suffixes = List.of(suffixes);
    }

    /** Whether its text must be taken out by an extractor. */
    boolean extracted() {
        return extracted;
    }

    List<String> suffixes() {
        return suffixes;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By name alone; null where the suffix says nothing. */
    static Kind bySuffix(String name) {
        return BY_SUFFIX.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /**
     * By name and content; null where neither is understood. What a PDF is, its bytes say. A name that only texts have stands for
     * itself, so that reading says what is wrong inside; one of code does not where the bytes are none (a film may be called
     * {@code .ts}).
     */
    static Kind of(String name, byte[] head, int length) {
        Kind named = bySuffix(name);
        if (starts(head, length, "%PDF-")) {
            return PDF;
        }
        if (named != null && named != CODE) {
            return named;
        }
        if (!Encoding.looksLikeText(head, length)) {
            return named == CODE && !holdsNul(head, length) ? CODE : null;
        }
        if (named != null) {
            return named;
        }
        String start = new String(head, 0, Math.min(length, 64), StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
            return HTML;
        }
        if (start.startsWith("{\\rtf")) {
            return OFFICE;
        }
        return start.startsWith("#!") ? CODE : TEXT;
    }

    private static boolean holdsNul(byte[] head, int length) {
        for (int i = 0; i < length; i++) {
            if (head[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean starts(byte[] head, int length, String magic) {
        return length >= magic.length() && new String(head, 0, magic.length(), StandardCharsets.ISO_8859_1).equals(magic);
    }
}
