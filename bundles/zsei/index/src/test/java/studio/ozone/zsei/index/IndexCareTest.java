package studio.ozone.zsei.index;

import java.util.ArrayList;
import java.util.List;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Index.Mode;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class IndexCareTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final ChunkStore store = new ChunkStore();

    @Test
    public void optimizeMergesAndSaysWhatThatBroughtAndHasNothingToDoThen() throws Exception {
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, new TopicEmbedder("topics"))) {
            List<Long> documents = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                documents.add(store.document(0, "d", "topic" + i % 20 + " text " + i));
                if (i % 100 == 99) {
                    on.level();
                }
            }
            store.apply(new Changes().remove(documents.get(5)));
            on.level();
            List<Chore.Figure> would = on.index.run(Chore.Kind.OPTIMIZE, true, Progress.NONE);
            List<Chore.Figure> did = on.index.run(Chore.Kind.OPTIMIZE, false, Progress.NONE);
            Chore.Figure segments = did.stream().filter(figure -> figure.name().equals("segments")).findFirst().orElseThrow();
            assertEquals(1, segments.after(), 0);
            assertEquals(would.getFirst(), segments);
            Chore.Figure recall = did.stream().filter(figure -> figure.name().equals("recall@10")).findFirst().orElseThrow();
            assertTrue(recall.toString(), recall.before() > 98 && recall.after() > 98);
            assertEquals(List.of(), on.index.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
            assertFalse(on.ids("topic7 text 507", Mode.HYBRID).isEmpty());
            assertEquals("a question is remembered", 1, on.index.run(Chore.Kind.GC_AGGRESSIVE, false, Progress.NONE).getFirst().before(), 0);
            assertEquals(List.of(), on.index.run(Chore.Kind.GC_AGGRESSIVE, false, Progress.NONE));
        }
    }

    @Test
    public void whatIsMissingOrTooMuchIsFoundAndMended() throws Exception {
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, new TopicEmbedder("topics"))) {
            long kept = store.document(0, "d", "topic1 kept", "topic2 lost");
            on.level();
            List<Finding> findings = new ArrayList<>();
            assertEquals(2, on.index.inspect(findings::add, Progress.NONE));
            assertEquals(List.of(), findings);

            on.workers.pool("follow", 1).submit(() -> {        // the one thread that writes
                OpenIndex index = on.index.follower().index();
                index.delete(kept + 2);
                index.put(999, ChunkDocument.of(999, List.of(), "", "stray", null));
                index.refresh();
                return null;
            }).get();
            on.index.inspect(findings::add, Progress.NONE);
            assertTrue(findings.toString(), findings.stream().anyMatch(each -> each.container() == kept + 2)
                && findings.stream().anyMatch(each -> each.container() == 999) && findings.stream().allMatch(Finding::repairable));
            on.index.repair(findings, Progress.NONE);
            findings.clear();
            on.index.inspect(findings::add, Progress.NONE);
            assertEquals(List.of(), findings);
            assertEquals(List.of(kept + 2), on.ids("lost", Mode.KEYWORD));
            assertEquals(List.of(), on.ids("stray", Mode.KEYWORD));
        }
    }
}
