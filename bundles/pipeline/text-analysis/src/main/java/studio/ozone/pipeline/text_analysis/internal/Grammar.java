package studio.ozone.pipeline.text_analysis.internal;

import java.util.List;

/** Cuts blocks into sentences and words. Made for one analysis; not thread-safe. */
interface Grammar {

    List<Sentence> sentences(Prose.Block block);
}
