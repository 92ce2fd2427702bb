package studio.ozone.zsei.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.Rollback;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

/**
 * The way back of a container to an earlier version: what is to be written for it.
 *
 * @param lost edges that do not come back
 */
record RollbackPlan(Version before, Records.Kept to, Changes changes, Set<Relation> lost) {

    /** @throws ZseiException NOT_FOUND if there is no such container or version; INVALID if it is the present one */
    static RollbackPlan of(View view, long id, int version, Tuning tuning) throws ZseiException {
        Records.Stored present = id == 0 ? null : view.stored(id);
        if (present == null) {
            throw new ZseiException(ZseiException.Code.NOT_FOUND, id == 0 ? "The root, container 0, has no versions" : "There is no container " + id);
        }
        if (version == present.container().version()) {
            throw new ZseiException(ZseiException.Code.INVALID, "Version " + version + " of container " + id + " is the present one");
        }
        ByteIterable key = Keys.of(id, version);
        ByteIterable value = version < 1 ? null : view.database().versions.get(view.transaction(), key);
        if (value == null) {
            throw new ZseiException(ZseiException.Code.NOT_FOUND, "Version " + version + " of container " + id + " is not kept: " + kept(view, id, tuning));
        }
        Records.Kept to = Records.version(key, value);
        Version before = new Version(present.container(), view.relations(id), true);
        Container then = to.stored().container();
        Changes changes = new Changes().put(Container.of(id, then.parent(), then.type(), then.name(), then.source(), then.record(), then.start(),
                then.end(), then.contentHash(), then.attributes()));
        return new RollbackPlan(before, to, changes, to.edges() == null ? Set.of() : edges(view, before.relations(), to.edges(), changes));
    }

    private static String kept(View view, long id, Tuning tuning) {
        List<Integer> numbers = view.versions(id).stream().map(each -> each.stored().container().version()).toList();
        return numbers.isEmpty() ? "it has none (zsei.integrity.max_versions_retained = " + tuning.versions() + " says how many are kept)"
                : "there " + (numbers.size() == 1 ? "is " : "are ") + numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static Set<Relation> edges(View view, List<Relation> now, List<Relation> then, Changes changes) {
        Set<ByteIterable> wanted = new HashSet<>();
        then.forEach(edge -> wanted.add(Keys.edge(edge)));
        Map<ByteIterable, Relation> present = new HashMap<>();
        for (Relation edge : now) {
            present.put(Keys.edge(edge), edge);
            if (!wanted.contains(Keys.edge(edge))) {
                changes.unrelate(edge);
            }
        }
        Set<Relation> lost = new LinkedHashSet<>();
        for (Relation edge : then) {
            if (!view.exists(edge.to())) {
                lost.add(edge);
            } else if (!edge.equals(present.get(Keys.edge(edge)))) {
                changes.relate(edge);
            }
        }
        return lost;
    }

    /** What was done by a commit. */
    Rollback done(Commit commit) {
        return new Rollback(before, new Version(commit.written().getFirst(), after(), true), List.copyOf(lost), commit);
    }

    /** What would be done. */
    Rollback planned() {
        Container now = before.container();
        Container then = to.stored().container();
        Container after = new Container(now.id(), then.parent(), now.version() + 1, then.type(), then.name(), then.source(), then.record(), then.start(),
                then.end(), then.contentHash(), now.created(), now.updated(), then.attributes());
        return new Rollback(before, new Version(after, after(), true), List.copyOf(lost), null);
    }

    private List<Relation> after() {
        return to.edges() == null ? before.relations() : to.edges().stream().filter(edge -> !lost.contains(edge)).toList();
    }
}
