package studio.ozone.pipeline.prompt;

import studio.ozone.api.zsei.Container;

/**
 * A chunk that was found.
 *
 * @param chunk its container
 * @param text what the source holds there now; null where it was not read
 * @param score what the list is sorted by
 * @param relevance 0..1
 * @param unread why it was not read; null where it was
 */
record Found(Container chunk, String text, double score, double relevance, String unread) { }
