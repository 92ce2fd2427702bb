package studio.ozone.web.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Search;

/** Services with a memory, in place of the instance's. */
final class Fakes implements Capabilities, Settings, Health, Ingest, Prompting {

    final MetricRegistry metrics = new MetricRegistry();
    final Services services = new Services(this, this, this, metrics);
    final List<Ingest.Request> ingested = new ArrayList<>();
    final List<Prompting.Request> prompted = new ArrayList<>();
    final Map<String, String> values = new LinkedHashMap<>();
    final CountDownLatch working = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final List<Edit> edits = new ArrayList<>();
    Origin origin;
    boolean on = true;
    boolean ready = true;

    Fakes() {
        services.ingest = this;
        services.prompting = this;
        services.search = (text, limit, mode, within) -> new Search.Answer(text, 1.25, null,
                List.of(new Search.Hit(7, "/a/" + mode, null, "A", 0.5, 0, limit, "<b>")));
    }

    @Override
    public List<Capability> list() {
        return List.of(new Capability("pipeline.prompt", "studio.ozone.pipeline.prompt", "0.1.0", on ? "active" : "stopped",
                "pipeline.built_in.prompt_enabled", on, "default", 2, 1, 30, 4000, 0, 0, new Tokens(120, 45, 33.5, null, 0.2)));
    }

    @Override
    public Optional<Capability> find(String name) {
        return list().stream().filter(capability -> capability.name().equals(name)).findFirst();
    }

    @Override
    public String whyAbsent(String name) {
        return name + " is switched off by its key.";
    }

    @Override
    public List<Setting> show(String prefix) {
        return List.of();
    }

    @Override
    public Setting get(String key) throws SettingsException {
        throw new SettingsException(SettingsException.Code.UNKNOWN_KEY, "There is no key `" + key + "`. Did you mean `web.http.port`?");
    }

    @Override
    public Plan plan(Edit edit) throws SettingsException {
        edits.add(edit);
        if (!(edit instanceof Edit.Keys keys)) {
            return new Plan(List.of(new Change("web.http.port", 1, 2, null, "default", null, Applies.LIVE, null),
                    new Change("zsei.compression", "lz4", "none", null, "default", "environment", Applies.LIVE, null)), List.of(), List.of(), null, 0);
        }
        if (keys.set().containsValue("bad")) {
            throw new SettingsException(SettingsException.Code.WRONG_TYPE, "`bad` is no integer");
        }
        return new Plan(keys.set().entrySet().stream().map(entry -> new Change(entry.getKey(), null, entry.getValue(), "/etc/ozone.toml",
                "default", null, Applies.LIVE, null)).toList(), List.of(), List.of(), null, 0);
    }

    @Override
    public Plan apply(Edit edit, Origin from) throws SettingsException {
        Plan plan = plan(edit);
        origin = from;
        if (edit instanceof Edit.Keys keys) {
            values.putAll(keys.set());
        }
        on = !"false".equals(values.get("pipeline.built_in.prompt_enabled"));
        return new Plan(plan.changes(), plan.same(), plan.warnings(), "/etc/history", 1);
    }

    @Override
    public Explanation explain(String key) throws SettingsException {
        return new Explanation(get(key), "", Map.of(), List.of());
    }

    @Override
    public List<Profile> profiles() {
        return List.of();
    }

    @Override
    public List<Change> diff(String profile) throws SettingsException {
        throw new SettingsException(SettingsException.Code.UNKNOWN_PROFILE, "There is no profile `" + profile + "`.");
    }

    @Override
    public List<Revision> history() {
        return List.of();
    }

    @Override
    public List<Problem> validate(String file) {
        return List.of();
    }

    @Override
    public List<Problem> validate(String name, String text) {
        return text.contains("bad") ? List.of(new Problem(name, 1, 1, null, name + ", line 1: bad", true)) : List.of();
    }

    @Override
    public String export() {
        return "";
    }

    @Override
    public List<Problem> problems() {
        return List.of();
    }

    @Override
    public Health.Report report() {
        return new Health.Report(ready, List.of(new HealthCheck.Result("zsei.store", ready ? HealthCheck.Status.OK : HealthCheck.Status.FAIL, "opening",
                true)), 2, 1, 5);
    }

    @Override
    public Ingest.Report ingest(Ingest.Request request, Progress progress) throws PipelineException, InterruptedException {
        ingested.add(request);
        if (request.paths().contains(Path.of("/gone"))) {
            throw new PipelineException(PipelineException.Code.NOT_FOUND, "/gone is not there");
        }
        for (int i = 0; i <= 1000; i++) {
            progress.report("reading", i, 1000, "f\n" + i);
        }
        if (request.force()) {
            rest(30);
        }
        return new Ingest.Report(1, 2, 3, 4, List.of(), 5, List.of(6L));
    }

    @Override
    public Answer prompt(Prompting.Request request, Listener listener) throws PipelineException, InterruptedException {
        if (request.text().isBlank()) {
            throw new PipelineException(PipelineException.Code.INVALID, "The question is empty.");
        }
        listener.stage("retrieve", 1.5);
        listener.piece("Hello ");
        listener.piece("world");
        if (request.text().equals("slow")) {
            rest(30);
        }
        if (request.text().equals("quiet")) {
            working.await(2, TimeUnit.SECONDS);
        }
        prompted.add(request);
        return new Answer(9, "Hello world", Provider.Mode.EXTRACTIVE, "extractive", List.of(new Sentence("Hello world", List.of(1), true, List.of())), List.of(),
                new Context(List.of(), List.of(), 1, 2), List.of(), new Usage(1, 2, null, null, 0.0), 5, Map.of("total", 1.5));
    }

    /** Works until it is interrupted. */
    private void rest(int seconds) throws InterruptedException {
        working.countDown();
        try {
            new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }
}
