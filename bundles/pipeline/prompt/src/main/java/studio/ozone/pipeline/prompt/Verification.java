package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.llm.Provider.Quote;
import studio.ozone.api.pipeline.Prompting.Citation;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;

/** Turns quotes into citations, and reads each source again to see whether it holds the quote at that place. */
final class Verification {

    private final Sources sources;

    Verification(Sources sources) {
        this.sources = sources;
    }

    /**
     * @param quotes citation n is quote n − 1
     * @param notes takes why a citation is not verified
     */
    List<Citation> citations(List<Quote> quotes, List<Evidence> evidence, List<String> notes) {
        List<Citation> citations = new ArrayList<>();
        for (int i = 0; i < quotes.size(); i++) {
            Quote quote = quotes.get(i);
            if (quote.passage() >= 1 && quote.passage() <= evidence.size()) {
                citations.add(citation(i + 1, quote, evidence.get(quote.passage() - 1), notes));
            } else {
                notes.add("The provider quoted a passage " + quote.passage() + " that it was not given.");
            }
        }
        return citations;
    }

    private Citation citation(int n, Quote quote, Evidence evidence, List<String> notes) {
        String text = evidence.text();
        int length = text.codePointCount(0, text.length());
        int from = Math.clamp(quote.start(), 0, length);
        int to = Math.clamp(quote.end(), from, length);
        String quoted = text.substring(text.offsetByCodePoints(0, from), text.offsetByCodePoints(0, to));
        int start = evidence.start() + from;
        int end = evidence.start() + to;
        int line = 0;
        boolean verified = false;
        Container chunk = evidence.chunk();
        try {
            Sources.Text now = sources.text(chunk);
            if (end <= now.length()) {
                line = now.line(start);
                verified = !quoted.isEmpty() && now.slice(start, end).equals(quoted);
            }
            if (!verified) {
                notes.add("Citation [" + n + "] is not verified: " + chunk.source() + " no longer holds it at that place.");
            }
        } catch (SourceException e) {
            notes.add("Citation [" + n + "] is not verified: " + e.getMessage());
        }
        return new Citation(n, chunk.source(), chunk.record(), evidence.title(), start, end, line, quoted, verified);
    }
}
