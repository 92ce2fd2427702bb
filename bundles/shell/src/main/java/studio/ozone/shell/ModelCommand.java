package studio.ozone.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;

import studio.ozone.api.config.Origin;
import studio.ozone.api.llm.Models;
import studio.ozone.api.llm.Models.Model;

@Service
@Command(scope = "ozone", name = "model", description = "The language models of this machine: list, show NAME, add FILE, pull REFERENCE, remove NAME, use NAME, ps, recommend.\n"
        + "Examples: ozone-core model recommend   ozone-core model add ~/Downloads/some-model.Q4_K_M.gguf   ozone-core model use some-model.Q4_K_M\n"
        + "          ozone-core model pull hf:OWNER/REPO/FILE.gguf   (broken off, the same command goes on)")
public final class ModelCommand extends OzoneCommand {

    private static final String LOCAL = "llm.local";
    private static final String WORDS = "list, show NAME, add FILE, pull REFERENCE, remove NAME, use NAME, ps or recommend";

    @Argument(name = "WORD", description = WORDS, multiValued = true)
    @Completion(FileCompleter.class)
    List<String> words;

    @Option(name = "--force", description = "Take a model that needs more memory than is free, or in the place of another")
    boolean force;

    @Option(name = "--sha256", description = "With pull: what the file's SHA-256 has to be")
    String sha256;

    @Option(name = "--verify", description = "With show: compute the file's SHA-256 and compare it with the recorded one")
    boolean verify;

    @Override
    Object run() throws Exception {
        String word = words == null || words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words == null || words.isEmpty() ? null : words.size() == 1 ? null : words.subList(1, words.size());
        switch (word) {
            case "list" -> list(none(rest, with(Models.class, LOCAL, Models::list)));
            case "show" -> show(one("NAME", rest));
            case "add" -> taken("Added", add(one("FILE", rest)));
            case "pull" -> taken("Pulled", pull(one("REFERENCE", rest)));
            case "remove" -> taken("Removed", with(Models.class, LOCAL, models -> models.remove(one("NAME", rest))));
            case "use" -> use(one("NAME", rest));
            case "ps" -> ps(none(rest, with(Models.class, LOCAL, Models::ps)));
            case "recommend" -> recommend(none(rest, with(Models.class, LOCAL, Models::recommend)));
            default -> throw new CommandException(word.isEmpty() ? "What about the models? " + WORDS : "There is no 'model " + Style.line(word) + "': " + WORDS);
        }
        return null;
    }

    private static <T> T none(List<String> rest, T value) throws CommandException {
        if (rest != null) {
            throw new CommandException("Nothing belongs behind it: " + Style.line(String.join(" ", rest)));
        }
        return value;
    }

    private Model add(String file) throws Exception {
        try (Bar bar = bar()) {
            return with(Models.class, LOCAL, models -> models.add(path(file), force, bar));
        }
    }

    private Model pull(String reference) throws Exception {
        if (columns() > 0 && !json && !quiet) {
            out().println(style().dim("Ctrl-C keeps what has come; the same command goes on from there."));     // who breaks off reads nothing after it
        }
        try (Bar bar = bar()) {
            return with(Models.class, LOCAL, models -> models.pull(reference, sha256, force, bar));
        }
    }

    private void taken(String what, Model model) {
        if (json) {
            print(model);
        } else if (!quiet) {
            out().println(what + " " + Style.line(model.name()) + ": " + Style.bytes(model.bytes()) + ", " + model.quantisation() + ", "
                + parameters(model.parameters()) + (model.chosen() || what.equals("Removed") ? "" : ". Use it: ozone-core model use " + model.name()));
        }
    }

    private void use(String name) throws Exception {
        Model model = with(Models.class, LOCAL, models -> models.use(name, force, origin()));
        if (json) {
            print(model);
        } else if (!quiet) {
            out().println("llm.local.default_model = " + Style.line(model.name()) + ". Questions under way end with the old one."
                + (force ? " llm.local.memory_check = false: the sum of its memory is not held against what is free any more." : ""));
            if (!model.chatTemplate()) {
                out().println(style().warn("It does not say how a conversation is written; it was hardly made to answer questions (look for 'instruct' or 'chat')."));
            }
        }
    }

    private void list(List<Model> models) {
        if (json) {
            print(models);
            return;
        }
        if (models.isEmpty()) {
            out().println("There is no local model. ozone-core model recommend says which fit; ozone-core model pull REFERENCE or model add FILE gets one.");
            return;
        }
        Table table = new Table("", "NAME", "SIZE", "KIND", "PARAMETERS", "NEEDS", "CONTEXT", "FROM").right(2, 4, 5, 6);
        for (Model model : models) {
            table.row(model.chosen() ? "*" : "", Style.line(model.name()), Style.bytes(model.bytes()),
                model.problem() == null ? model.quantisation() : "unusable", parameters(model.parameters()),
                model.problem() == null ? Style.bytes(model.neededBytes()) : "", model.trainedContext() == 0 ? "" : model.trainedContext(),
                model.source() == null ? "by hand" : Style.line(model.source()));
        }
        print(table);
        models.stream().filter(model -> model.problem() != null).forEach(model -> out().println(style().warn(Style.line(model.problem()))));
    }

    private void show(String name) throws Exception {
        Models.Shown shown;
        try (Bar bar = bar()) {
            shown = with(Models.class, LOCAL, models -> models.show(name, verify, bar));
        }
        if (json) {
            print(shown);
            return;
        }
        Model model = shown.model();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("name", model.name() + (model.chosen() ? " (answers)" : ""));
        rows.put("title", model.title());
        rows.put("file", model.file().toString());
        rows.put("size", Style.bytes(model.bytes()));
        if (model.problem() == null) {
            rows.put("kind", model.architecture() + ", " + model.quantisation() + ", " + parameters(model.parameters()) + " parameters, " + model.layers() + " layers");
            rows.put("context", model.trainedContext() == 0 ? "it does not say" : model.trainedContext() + " tokens");
            rows.put("conversations", model.chatTemplate() ? "it says how they are written" : "it does not say how they are written");
            rows.put("memory", "needs " + Style.bytes(model.neededBytes()) + " with the configured context, free "
                + (shown.freeBytes() < 0 ? "unknown" : Style.bytes(shown.freeBytes())) + "; the guide asks for " + Style.bytes(shown.guideBytes()));
        } else {
            rows.put("problem", model.problem());
        }
        rows.put("sha256", model.sha256() == null ? "not recorded" : model.sha256() + (Boolean.TRUE.equals(shown.verified()) ? " (verified)" : ""));
        rows.put("from", model.source() == null ? "put there by hand" : model.source());
        rows.forEach((key, value) -> out().println(style().bold(String.format("%-14s", key)) + Style.line(value)));
    }

    private void ps(List<Models.Loaded> loaded) {
        if (json) {
            print(loaded);
            return;
        }
        if (loaded.isEmpty()) {
            out().println("No model is loaded; one is at the first question.");
            return;
        }
        Table table = new Table("MODEL", "PID", "MEMORY", "CPU", "CONTEXT", "BUSY", "WAITING", "LET GO IN").right(1, 2, 3, 4, 5, 6, 7);
        for (Models.Loaded one : loaded) {
            boolean own = one.pid() >= 0;
            table.row(Style.line(one.model()), own ? one.pid() : "", own ? Style.bytes(Math.max(0, one.residentBytes())) : "",
                own ? String.format(Locale.ROOT, "%.1f s", one.cpuSeconds()) : "", one.contextLength(), one.busy(), one.waiting(),
                one.releasedInSeconds() < 0 ? "" : one.releasedInSeconds() + " s");
        }
        print(table);
        if (!quiet) {
            loaded.forEach(one -> out().println(style().dim(Style.line(one.server() + (one.facts().isEmpty() ? "" : ": " + String.join(", ", one.facts()))))));
        }
    }

    private void recommend(Models.Advice advice) {
        if (json) {
            print(advice);
            return;
        }
        if (!quiet) {
            out().println("Free memory: " + (advice.freeBytes() < 0 ? "unknown" : Style.bytes(advice.freeBytes())) + ". GPU: " + (advice.gpu() == null ? "none"
                : Style.line(advice.gpu()) + (advice.gpuLayers() < 0 ? ", its memory is not known or shared"
                : ", " + Style.bytes(advice.gpuBytes()) + ": up to llm.local.inference.gpu_layers = " + advice.gpuLayers() + " of a model with 7B")) + ".");
        }
        Table table = new Table("SIZE", "KIND", "NEEDS", "FITS").right(2);
        for (Models.Fit fit : advice.fits()) {
            table.row(fit.size(), fit.quantisation(), Style.bytes(fit.neededBytes()), fit.fits() ? "yes" : "no");
        }
        print(table);
        if (!quiet) {
            out().println("Q4_K_M is a good balance, Q5_K_M better, Q8_0 the best and the largest. Look for models that are called 'instruct'.");
        }
    }

    private static String parameters(long count) {
        return count >= 1_000_000_000L ? String.format(Locale.ROOT, "%.1fB", count / 1e9) : String.format(Locale.ROOT, "%.0fM", count / 1e6);
    }

    private Origin origin() {
        boolean typed = session.get(CWD) == null && session.get("USER") != null;
        return typed ? new Origin("shell", session.get("USER").toString()) : new Origin("command", System.getProperty("user.name"));
    }
}
