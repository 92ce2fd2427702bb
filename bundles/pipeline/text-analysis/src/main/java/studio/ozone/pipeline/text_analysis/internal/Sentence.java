package studio.ozone.pipeline.text_analysis.internal;

import java.util.List;

/** @param heading whether it is (a part of) a heading, where capitals say little */
record Sentence(List<Token> tokens, boolean heading) { }
