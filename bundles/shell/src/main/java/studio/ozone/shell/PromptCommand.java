package studio.ozone.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Prompting;

@Service
@Command(scope = "ozone", name = "prompt", description = "Answers a question from what has been read, with citations that are checked against their files.\n"
        + "Example: ozone-core prompt --with docs \"How do I switch a capability off?\"   (a - instead of the question reads it from the input)\n"
        + "--continue goes on with the last conversation, --conversation ID with any. In an answer that a model worded, [n] behind a sentence names what holds it; "
        + "[unsupported] stands behind one that your material does not hold, and --strict leaves such out.")
public final class PromptCommand extends OzoneCommand {

    private static final int MOST_BYTES = 2 << 20;
    private static final String UNSUPPORTED = "[unsupported]";
    /** Part of the note that another provider answered than the configured one; its reason follows. */
    private static final String FALLBACK = " (llm.default_provider) cannot answer: ";
    private static final Pattern COMMAND = Pattern.compile("(?:\\./)?ozone-core [a-z]+(?: [\\w.:/=<>-]*\\w>?)*");

    @Argument(name = "QUESTION", description = "The question", multiValued = true)
    List<String> words;

    @Option(name = "-", description = "Read the question from the input")
    boolean input;

    @Option(name = "--with", description = "Answer only from this file or folder; it is read first if it is new or has changed; may be repeated",
            multiValued = true)
    @Completion(FileCompleter.class)
    List<String> with;

    @Option(name = "--provider", description = "What words the answer (local, api, extractive), and nothing else; without it llm.default_provider, and extractive where that cannot")
    @Completion(ProviderNames.class)
    String provider;

    @Option(name = "--strict", description = "Leave out sentences that your material does not support; what is shown was checked")
    boolean strict;

    @Option(name = "--continue", description = "Go on with the conversation that was asked last")
    boolean last;

    @Option(name = "--conversation", description = "Go on with this conversation: a number of ozone-core conversations")
    String conversation;

    /** The providers, for completion. */
    @Service
    public static final class ProviderNames extends StringsCompleter {
        public ProviderNames() {
            super(List.of("local", "api", "extractive"));
        }
    }

    @Override
    Object run() throws Exception {
        Prompting.Request request = new Prompting.Request(question(), paths(with), provider, strict, conversation());
        try (Streamed streamed = new Streamed(json, bar())) {
            Prompting.Answer answer = with(Prompting.class, "pipeline.prompt", prompting -> prompting.prompt(request, streamed));
            if (json) {
                print(answer);
            } else {
                streamed.end(answer);
                if (!quiet) {
                    show(answer);
                }
            }
        }
        return null;
    }

    private long conversation() throws CommandException {
        if (conversation == null) {
            return last ? Prompting.Request.LAST : Prompting.Request.NEW;
        }
        if (last) {
            throw new CommandException("--continue and --conversation exclude each other");
        }
        return ConversationCommand.id(conversation);
    }

    private String question() throws CommandException, IOException {
        String text = words == null ? "" : String.join(" ", words);
        if (!input && !text.equals("-")) {
            return text;
        }
        if (input && !text.isEmpty()) {
            throw new CommandException("The question is either written or read from the input (-), not both");
        }
        InputStream in = System.in;
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new CommandException("The question is longer than " + MOST_BYTES + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    private void show(Prompting.Answer answer) {
        Style style = style();
        if (!answer.citations().isEmpty()) {
            out().println();
        }
        for (Prompting.Citation citation : answer.citations()) {
            String record = citation.record() == null ? "" : "#" + citation.record();
            String place = Style.line(citation.source() + record) + ":" + citation.line();
            out().println(style.bold("[" + citation.n() + "] ") + place + "  " + (citation.verified() ? style.good("verified") : style.warn("not verified")));
            out().println("    " + style.dim("\u201c" + Style.line(citation.quote()) + "\u201d"));
        }
        for (Prompting.Sentence sentence : answer.sentences()) {
            if (!sentence.supported() && !sentence.missing().isEmpty()) {
                out().println(style.warn("Not in your material: ") + Style.line(String.join(", ", sentence.missing())) + "  "
                    + style.dim("\u201c" + Style.line(sentence.text()) + "\u201d"));
            }
        }
        out().println();
        answer.notes().forEach(note -> out().println(note.contains(FALLBACK) ? style.dim(Style.line(shortly(note))) : style.warn("Note: " + Style.line(note))));
        String stages = answer.timingsMs().entrySet().stream().filter(stage -> !stage.getKey().equals("total"))
            .map(stage -> stage.getKey() + " " + Style.millis(stage.getValue())).collect(Collectors.joining(" · "));
        Map<String, Double> timings = answer.timingsMs();
        out().println(style.dim(String.format("%s (%s), %d of %d passages, %d of %d tokens · %s · total %s", answer.provider(),
            answer.mode().name().toLowerCase(Locale.ROOT), answer.context().included().size(),
            answer.context().included().size() + answer.context().cut().size(), answer.context().tokens(), answer.context().budget(), stages,
            Style.millis(timings.getOrDefault("total", Double.NaN)))));
        String further = took(answer);
        if (!further.isEmpty()) {
            out().println(style.dim(further));
        }
    }

    /** What the model took, and where the answer is kept; what nobody measured is left out. */
    private static String took(Prompting.Answer answer) {
        List<String> parts = new ArrayList<>();
        Prompting.Usage usage = answer.usage();
        if (usage != null && answer.mode() == Provider.Mode.GENERATED) {
            if (usage.inputTokens() != null && usage.outputTokens() != null) {
                parts.add(usage.inputTokens() + " tokens in, " + usage.outputTokens() + " out");
            }
            if (usage.tokensPerSecond() != null) {
                parts.add(String.format(Locale.ROOT, "%.1f tokens/s", usage.tokensPerSecond()));
            }
            if (usage.firstTokenMs() != null) {
                parts.add("first token " + Style.millis(usage.firstTokenMs()));
            }
            if (usage.costUsd() != null && usage.costUsd() > 0) {
                parts.add(String.format(Locale.ROOT, "%.4f USD", usage.costUsd()));
            }
        }
        if (answer.conversation() > 0) {
            parts.add("conversation " + answer.conversation());
        }
        return String.join(" · ", parts);
    }

    /** Why it was quoted, with one command that helps; {@code --json} and {@code health} have all of it. */
    static String shortly(String note) {
        String why = note.substring(note.indexOf(FALLBACK) + FALLBACK.length());
        Matcher command = COMMAND.matcher(why);
        return note.split(",", 2)[0] + ": " + why.split("[.:] |\\.$", 2)[0] + ". " + (command.find() ? "Cure: " + command.group() : "More: ozone-core health");
    }

    /** Marks are seen. */
    private String marked(String text) {
        return Style.clean(text).replace(UNSUPPORTED, style().warn(UNSUPPORTED));
    }

    /** Prints the answer as it comes, below the progress. */
    private final class Streamed implements Prompting.Listener, AutoCloseable {

        private final boolean silent;
        private final Bar bar;
        private boolean begun;

        Streamed(boolean silent, Bar bar) {
            this.silent = silent;
            this.bar = bar;
        }

        @Override
        public void report(String stage, long done, long total, String detail) {
            if (!begun) {
                bar.report(stage, done, total, detail);
            }
        }

        @Override
        public void stage(String name, double tookMs) {
            // All of them stand below the answer.
        }

        @Override
        public synchronized void piece(String text) {
            if (!silent) {
                bar.wipe();
                begun = true;
                out().print(marked(text));
                out().flush();
            }
        }

        /** Ends the line of what was streamed, or prints an answer that did not come in pieces. */
        void end(Prompting.Answer answer) {
            bar.wipe();
            out().println(begun ? "" : marked(answer.answer()));
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
