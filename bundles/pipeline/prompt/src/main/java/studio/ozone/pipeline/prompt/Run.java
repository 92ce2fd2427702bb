package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.Conversations.Conversation;
import studio.ozone.api.pipeline.Conversations.Turn;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting.Answer;
import studio.ozone.api.pipeline.Prompting.Citation;
import studio.ozone.api.pipeline.Prompting.Context;
import studio.ozone.api.pipeline.Prompting.Listener;
import studio.ozone.api.pipeline.Prompting.Request;
import studio.ozone.api.pipeline.Prompting.Sentence;
import studio.ozone.api.pipeline.Prompting.Usage;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.llm.evidence.Question;
import studio.ozone.llm.evidence.Ranking;

/** One question on its way to an answer. Used once, by one thread. */
final class Run {

    private static final String TOO_LITTLE = "too little evidence, so that no model was asked";

    private final Surroundings around;
    private final Request request;
    private final Limits limits;
    private final Listener listener;
    private final Stages stages;
    private final long received;
    private final long begun = System.nanoTime();
    private final Line.Place place;
    private final List<String> notes = new ArrayList<>();
    private long conversation;
    private String lookedFor;
    private List<Turn> turns = List.of();
    private Assembly.Joined joined;
    private volatile boolean shown;

    /**
     * What a run needs of the instance, as it is when the run begins.
     *
     * @param ingest null where it is off
     * @param embedder null where there is none
     */
    record Surroundings(ContainerStore store, Index index, Sources sources, Capabilities capabilities, Ingest ingest, Embedder embedder,
            Providers providers, Talk talk, Costs costs, Timer contexts, Counter nothing) { }

    Run(Surroundings around, Request request, Limits limits, Listener listener, long received, Line.Place place) {
        this.around = around;
        this.request = request;
        this.limits = limits;
        this.listener = listener;
        this.received = received;
        this.place = place;
        this.stages = new Stages(listener, received);
        this.lookedFor = request.text();
    }

    Answer answer() throws PipelineException, ProviderException, ZseiException, InterruptedException {
        goOn();
        Provider provider = around.providers.choose(request.provider(), limits.defaultProvider(), around.capabilities, notes::add);
        place.goesTo(provider.name());
        if (provider.mode() == Provider.Mode.EXTRACTIVE) {
            room(provider);
        }
        Scope scope = new Scope(around.store, around.ingest, around.capabilities);
        Set<Long> within = resolve(scope);
        stages.end("ingest");
        List<Found> found = new Retrieval(around.index, around.store, around.sources, around.ingest, around.capabilities)
                .find(lookedFor, limits.candidates(), 2 * limits.maxPassages(), within, notes);
        stages.end("retrieve");
        joined = new Assembly(around.store, around.sources).join(found, limits.maxPassages());
        Outcome outcome;
        try {
            outcome = ask(provider);
        } catch (ProviderException e) {
            boolean named = request.provider() != null && !request.provider().isBlank();
            if (e.code() != ProviderException.Code.UNAVAILABLE || named || shown || provider.mode() == Provider.Mode.EXTRACTIVE) {
                throw e;
            }
            around.costs.fellBack(provider.name());
            provider = around.providers.instead(provider.name(), e.getMessage(), around.capabilities, notes::add);
            outcome = ask(provider);
        }
        return answer(provider, outcome, scope, within);
    }

    /** Files that have to be read first may take minutes: nobody else waits for them. */
    private Set<Long> resolve(Scope scope) throws PipelineException, ZseiException, InterruptedException {
        if (request.with().isEmpty()) {
            return Set.of();
        }
        place.leave();
        try {
            return scope.resolve(request.with(), listener, notes);
        } finally {
            place.again();
        }
    }

    /** Finds the conversation that the question goes on with. */
    private void goOn() throws PipelineException, ZseiException {
        if (request.conversation() == Request.NEW) {
            return;
        }
        if (!limits.keepConversations()) {
            throw new PipelineException(PipelineException.Code.INVALID, "No conversation can go on: pipeline.prompt.keep_conversations is false. "
                    + "./ozone-core config --set pipeline.prompt.keep_conversations=true");
        }
        if (request.conversation() == Request.LAST) {
            List<Conversation> all = around.talk.all();
            if (all.isEmpty()) {
                throw new PipelineException(PipelineException.Code.NOT_FOUND, "There is no conversation yet to go on with. Ask without --continue first.");
            }
            conversation = all.getFirst().id();
        } else {
            conversation = around.talk.find(request.conversation()).orElseThrow(() -> KeptConversations.missing(request.conversation())).id();
        }
        turns = around.talk.turns(conversation);
        lookedFor = around.talk.lookedFor(conversation).map(before -> FollowUp.lookedFor(request.text(), before)).orElse(request.text());
        if (!lookedFor.equals(request.text())) {
            notes.add("Looked for together with words of the question before:" + lookedFor.substring(request.text().length()));
        }
    }

    private Limits.Room room(Provider provider) throws PipelineException, ProviderException, InterruptedException {
        int context = provider.contextLength();
        Limits.Room room = limits.room(provider.name(), context);
        limits.check(provider.countTokens(lookedFor), context, room);
        return room;
    }

    private Outcome ask(Provider provider) throws PipelineException, ProviderException, InterruptedException {
        return provider.mode() == Provider.Mode.EXTRACTIVE ? quote(provider) : generate(provider);
    }

    private Outcome quote(Provider provider) throws PipelineException, ProviderException, InterruptedException {
        place.leave();
        Limits.Room room = room(provider);
        Assembly.Assembled assembled = Assembly.fit(joined, limits.maxPassages(), provider.countTokens(lookedFor), room.input(),
                one -> provider.countTokens(one.text()));
        assembled();
        Provider.Completion completion = provider.complete(new Provider.Request(List.of(new Provider.Message(Provider.Role.USER, lookedFor)),
                assembled.passages(), room.output(), null), this::piece);
        stages.end("provide");
        Usage usage = new Usage(completion.usage().inputTokens(), completion.usage().outputTokens(), null, null, completion.usage().costUsd());
        return completion.stop() == Provider.Stop.NOTHING_FOUND ? Outcome.nothing(assembled.evidence(), assembled.context(), usage)
                : new Outcome(completion.text(), null, completion.quotes(), assembled.evidence(), assembled.context(), usage);
    }

    private Outcome generate(Provider provider) throws PipelineException, ProviderException, InterruptedException {
        List<Evidence> best = joined.evidence().subList(0, Math.min(limits.maxPassages(), joined.evidence().size()));
        List<Provider.Passage> passages = best.stream().map(Evidence::passage).toList();
        if (passages.isEmpty() || !limits.judgement().answerable(lookedFor, new Ranking(Question.of(lookedFor), passages).candidates(), around.embedder)) {
            assembled();
            stages.end("provide");
            return Outcome.nothing(List.of(), Assembly.unasked(joined, limits.maxContextTokens(), TOO_LITTLE), null);
        }
        Generation generation = new Generation(provider, limits, request.strict(), notes, this::piece);
        Generation.Prepared prepared = generation.prepare(request.text(), turns, joined);
        assembled();
        Context context = prepared.assembled().context();
        if (context.included().isEmpty()) {
            notes.add("No passage fits into the " + context.budget() + " tokens that " + provider.name() + " has for a prompt, so that it was not asked.");
            stages.end("provide");
            return Outcome.nothing(List.of(), context, null);
        }
        long ready = System.nanoTime();
        place.first();
        around.costs.queued(provider.name(), begun - received + System.nanoTime() - ready);
        Outcome outcome = generation.complete(prepared, place::leave);
        stages.end("provide");
        return outcome;
    }

    private void assembled() {
        stages.end("assemble");
        around.contexts.update(System.nanoTime() - received, TimeUnit.NANOSECONDS);
    }

    private void piece(String text) {
        shown = true;
        listener.piece(text);
    }

    private Answer answer(Provider provider, Outcome outcome, Scope scope, Set<Long> within) throws ZseiException {
        boolean none = outcome.text() == null;
        String text = none ? nothingFound(scope, within) : outcome.text();
        List<Citation> citations = new Verification(around.sources).citations(outcome.quotes(), outcome.evidence(), notes);
        List<Sentence> sentences = outcome.sentences() != null ? outcome.sentences()
                : citations.stream().map(citation -> new Sentence(citation.quote(), List.of(citation.n()), true, List.of())).toList();
        stages.end("verify");
        if (outcome.usage() != null) {
            around.costs.count(provider, outcome.usage());
        }
        String status = none ? "nothing_found" : "completed";
        long task = 0;
        long kept = 0;
        try {
            long id = around.store.newId();
            if (limits.keepConversations()) {
                kept = around.talk.keep(conversation, id, request.text(), lookedFor, text, provider, status, citations, stages.sinceReceived());
            } else {
                around.store.apply(TaskRecord.changes(around.store, id, 0, provider, status, citations, stages.sinceReceived(), Map.of()));
            }
            task = id;
        } catch (ZseiException e) {     // the answer is given even where the store cannot take the record
            notes.add("This run was not recorded: " + e.getMessage());
        }
        return new Answer(task, text, provider.mode(), provider.name(), sentences, citations, outcome.context(), List.copyOf(notes), outcome.usage(),
                kept, stages.finish());
    }

    private String nothingFound(Scope scope, Set<Long> within) throws ZseiException {
        around.nothing.inc();
        String searched = scope.searched(within);
        String text = searched.startsWith("0 ") ? "There is nothing to answer from: no document has been read yet. Name files or folders to read."
                : "Not in your material: nothing that was found in " + searched + " answers this.";
        listener.piece(text);
        return text;
    }
}
