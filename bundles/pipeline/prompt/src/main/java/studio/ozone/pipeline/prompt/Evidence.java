package studio.ozone.pipeline.prompt;

import studio.ozone.api.zsei.Container;

/**
 * A passage that the provider sees: one chunk, or neighbours of one document joined.
 *
 * @param n its number, from 1
 * @param chunk the best of its chunks
 * @param title of the document
 * @param start first code point in the text of the source or record
 * @param end the one after the last
 */
record Evidence(int n, Container chunk, String title, int start, int end, String text) { }
