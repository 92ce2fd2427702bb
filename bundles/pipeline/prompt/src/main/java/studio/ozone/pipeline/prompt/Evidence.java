package studio.ozone.pipeline.prompt;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.zsei.Container;

/**
 * A passage that the provider sees: one chunk, or neighbours of one document joined.
 *
 * @param n its number, from 1
 * @param chunk the best of its chunks
 * @param title of the document
 * @param heading the title and the headings above it
 * @param start first code point in the text of the source or record
 * @param end the one after the last
 * @param score what the list is sorted by
 * @param relevance 0..1
 */
record Evidence(int n, Container chunk, String title, String heading, int start, int end, String text, double score, double relevance) {

    Evidence numbered(int number) {
        return new Evidence(number, chunk, title, heading, start, end, text, score, relevance);
    }

    Provider.Passage passage() {
        return new Provider.Passage(n, heading, text, relevance);
    }
}
