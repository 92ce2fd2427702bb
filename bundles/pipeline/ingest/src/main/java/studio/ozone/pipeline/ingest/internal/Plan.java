package studio.ozone.pipeline.ingest.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.zsei.Sources.Document;
import studio.ozone.api.zsei.Sources.Heading;

/**
 * How a document is laid out as containers, before the store is asked for any. Offsets are code points.
 *
 * @param length code points of the text
 * @param hash of the text
 * @param sections in the order of the text; a section's parent stands before it
 * @param chunks in the order of the text
 */
record Plan(Document document, int length, String hash, List<Section> sections, List<Chunk> chunks) {

    /**
     * @param parent index of the section above; -1 for none
     * @param path the headings from the highest down
     */
    record Section(int parent, int level, String name, String path, int start, int end, String hash) { }

    /**
     * @param section index; -1 for one that lies right below the document
     * @param path the headings it lies under; empty where there are none
     */
    record Chunk(int section, String path, int start, int end, String hash, String text) { }

    private static final String SEPARATOR = " \u203a ";

    static Plan of(Document document) {
        String text = document.text();
        Offsets offsets = new Offsets(text);
        List<Heading> headings = document.headings();
        List<Integer> places = headings.stream().map(heading -> offsets.toChar(heading.start())).toList();
        List<Chunker.Piece> pieces = Chunker.cut(text, places, document.kind().equals("code"));
        List<Section> sections = sections(text, headings, places, offsets);
        List<Chunk> chunks = new ArrayList<>();
        boolean whole = pieces.size() <= 1;
        for (Chunker.Piece piece : pieces) {
            String slice = text.substring(piece.from(), piece.to());
            String path = piece.heading() < 0 ? "" : sections.get(piece.heading()).path();
            chunks.add(new Chunk(whole ? -1 : piece.heading(), path, offsets.toCodePoint(piece.from()), offsets.toCodePoint(piece.to()),
                    Hashes.of(slice), slice));
        }
        return new Plan(document, offsets.toCodePoint(text.length()), Hashes.of(text), whole ? List.of() : sections, chunks);
    }

    private static List<Section> sections(String text, List<Heading> headings, List<Integer> places, Offsets offsets) {
        List<Section> sections = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        int[] ends = ends(headings, places, text.length());
        for (int i = 0; i < headings.size(); i++) {
            Heading heading = headings.get(i);
            while (!open.isEmpty() && headings.get(open.getLast()).level() >= heading.level()) {
                open.removeLast();
            }
            int parent = open.isEmpty() ? -1 : open.getLast();
            String path = parent < 0 ? heading.text() : sections.get(parent).path() + SEPARATOR + heading.text();
            sections.add(new Section(parent, heading.level(), heading.text(), path, heading.start(), offsets.toCodePoint(ends[i]),
                    Hashes.of(text.substring(places.get(i), ends[i]))));
            open.add(i);
        }
        return sections;
    }

    /** A section ends where the next one of its level or above begins. */
    private static int[] ends(List<Heading> headings, List<Integer> places, int length) {
        int[] ends = new int[headings.size()];
        Map<Integer, Integer> next = new HashMap<>();
        for (int i = headings.size() - 1; i >= 0; i--) {
            int level = headings.get(i).level();
            int end = length;
            for (int above = 1; above <= level; above++) {
                end = Math.min(end, next.getOrDefault(above, length));
            }
            ends[i] = end;
            next.put(level, places.get(i));
        }
        return ends;
    }

    /** Containers that it takes, the document's own included. */
    int size() {
        return 1 + sections.size() + chunks.size();
    }
}
