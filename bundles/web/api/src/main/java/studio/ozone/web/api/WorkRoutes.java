package studio.ozone.web.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Ingest, search, prompt and text. Long work ends when its client goes away. */
final class WorkRoutes {

    private static final int MOST_HITS = 10_000;

    private final Services services;

    WorkRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/api/ingest", this::ingest),
                new Route("GET", "/api/search", exchange -> search(exchange, exchange.query("with"))),
                new Route("POST", "/api/search", exchange -> search(exchange, exchange.body())),
                new Route("POST", "/api/prompt", this::prompt),
                new Route("GET", "/api/text", this::text));
    }

    /** Work that reports while it goes on. */
    @FunctionalInterface
    private interface Work {
        Object run(Prompting.Listener listener) throws PipelineException, InterruptedException;
    }

    private void ingest(Exchange exchange) throws IOException, Problem, PipelineException, InterruptedException {
        Fields body = exchange.body();
        List<Path> paths = body.paths("paths");
        List<String> include = body.texts("include");
        List<String> exclude = body.texts("exclude");
        boolean force = body.flag("force", false);
        body.end();
        if (paths.isEmpty()) {
            throw Problem.badRequest("`paths` is missing: a list of absolute paths of files and folders.");
        }
        Ingest ingest = services.ingest();
        run(exchange, "result", listener -> ingest.ingest(new Ingest.Request(paths, include, exclude, force), listener));
    }

    private void prompt(Exchange exchange) throws IOException, Problem, PipelineException, InterruptedException {
        Fields body = exchange.body();
        String text = body.needText("text");
        List<Path> with = body.paths("with");
        String provider = body.text("provider");
        boolean strict = body.flag("strict", false);
        long conversation = conversation(body);
        body.end();
        Prompting prompting = services.prompting();
        run(exchange, "answer", listener -> prompting.prompt(new Prompting.Request(text, with, provider, strict, conversation), listener));
    }

    /** A number, or {@code "last"}; nothing for a new one. */
    private static long conversation(Fields body) throws Problem {
        return body.isText("conversation", "last") ? Prompting.Request.LAST : body.id("conversation", Prompting.Request.NEW);
    }

    private static void run(Exchange exchange, String last, Work work)
            throws IOException, PipelineException, InterruptedException {
        if (exchange.wantsEvents()) {
            stream(exchange, last, work);
            return;
        }
        Object result;
        try (Departure departure = exchange.departure()) {
            try {
                result = work.run(new Silent());
            } catch (InterruptedException e) {
                if (departure.gone()) {
                    return;
                }
                throw e;
            }
        }
        exchange.answer(result);
    }

    /** Once the stream has begun, an error is an event too. */
    private static void stream(Exchange exchange, String last, Work work) throws IOException {
        Events events = exchange.events();
        try (Departure departure = exchange.departure()) {
            events.end(last, work.run(events));
        } catch (PipelineException e) {
            events.end("error", Problem.of(e).body());
        } catch (InterruptedException e) {
            events.end("error", new Problem(503, "Cancelled", "The work was cancelled.").body());
        }
    }

    private void search(Exchange exchange, Fields fields) throws IOException, Problem, ZseiException {
        String text = fields.needText("q");
        int limit = fields.number("k", 1, MOST_HITS, 10);
        Index.Mode mode = fields.one("mode", Index.Mode.class, Index.Mode.HYBRID);
        List<Path> with = fields.paths("with");
        fields.end();
        if (text.isBlank()) {
            throw Problem.badRequest("`q` is empty: say what you are looking for.");
        }
        Set<Long> within = new HashSet<>();
        for (Path path : with) {
            within.add(container(path, null).id());
        }
        exchange.answer(services.search().search(text, limit, mode, within));
    }

    /** The text of a document that was read into ZSEI; nothing else on the disk can be read this way. */
    private void text(Exchange exchange) throws IOException, Problem, ZseiException, SourceException {
        Fields query = exchange.query();
        String source = query.needText("source");
        String record = query.text("record");
        int start = query.number("start", 0, Integer.MAX_VALUE, 0);
        int end = query.number("end", 0, Integer.MAX_VALUE, -1);
        query.end();
        Container container = container(new Fields(Map.of("source", List.of(source))).paths("source").getFirst(), record);
        Sources.Text text = services.sources().text(container);
        int last = end < 0 ? text.length() : end;
        if (start > last || last > text.length()) {
            throw Problem.badRequest("`start`..`end` is " + start + ".." + last + ", but the text has " + text.length() + " code points.");
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("source", container.source());
        answer.put("record", container.record());
        answer.put("title", container.name());
        answer.put("length", text.length());
        answer.put("hash", text.hash());
        answer.put("start", start);
        answer.put("end", last);
        answer.put("text", text.slice(start, last));
        exchange.answer(answer);
    }

    private Container container(Path path, String record) throws Problem, ZseiException {
        return services.store().find(path.toString(), record).orElseThrow(() -> new Problem(404, "Not found",
                path + (record == null ? "" : " has no record `" + record + "`, or") + " is not in ZSEI. Read it first: POST /api/ingest {\"paths\":[\"" + path + "\"]}"));
    }

    private static final class Silent implements Prompting.Listener, Progress {

        @Override
        public void report(String stage, long done, long total, String detail) {
            // The client asked for the result alone.
        }

        @Override
        public void stage(String name, double tookMs) {
            // As above; the answer has the times.
        }

        @Override
        public void piece(String text) {
            // As above; the answer has the text.
        }
    }
}
