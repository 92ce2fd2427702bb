package studio.ozone.zsei.integrity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Integrity;
import studio.ozone.api.care.Integrity.Part;
import studio.ozone.api.care.Integrity.Scan;
import studio.ozone.api.runtime.Progress;

/** One scan: inspection after inspection, each followed by what it mends. For one thread. */
final class Scanner {

    /** Findings that are handed to a repair at once; those beyond wait for the next scan. */
    static final int MOST_MENDED = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(Scanner.class);

    private final Predicate<Finding> mend;
    private final Progress progress;
    private final List<Part> parts = new ArrayList<>();
    private final List<Finding> left = new ArrayList<>();
    private long leftInAll;

    Scanner(Predicate<Finding> mend, Progress progress) {
        this.mend = mend;
        this.progress = progress;
    }

    void look(Inspection inspection) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long began = System.nanoTime();
        Found found = new Found();
        long looked = 0;
        long repaired = 0;
        String problem = null;
        try {
            looked = inspection.inspect(found, progress);
            if (!found.mendable.isEmpty()) {
                repaired = inspection.repair(List.copyOf(found.mendable), progress);
            }
        } catch (CareException e) {
            problem = e.getMessage();
        } catch (RuntimeException e) {
            problem = e.toString();
            LOG.error("The inspection of {} failed", inspection.name(), e);
        }
        keep(found.left);
        if (repaired < found.mendable.size()) {
            keep(found.mendable); // which of them were mended, the next scan tells
        }
        leftInAll += found.inAll - repaired;
        parts.add(new Part(inspection.name(), looked, Map.copyOf(found.counts), repaired, (System.nanoTime() - began) / 1e9, problem));
    }

    private void keep(List<Finding> findings) {
        findings.stream().limit(Integrity.MOST_LISTED - left.size()).forEach(left::add);
    }

    Scan scan(Instant began) {
        return new Scan(began, List.copyOf(parts), List.copyOf(left), leftInAll);
    }

    /** What one inspection tells of, bounded. */
    private final class Found implements Consumer<Finding> {

        private final Map<Inspection.Kind, Long> counts = new EnumMap<>(Inspection.Kind.class);
        private final List<Finding> mendable = new ArrayList<>();
        private final List<Finding> left = new ArrayList<>();
        private long inAll;

        @Override
        public void accept(Finding finding) {
            inAll++;
            counts.merge(finding.kind(), 1L, Long::sum);
            if (finding.repairable() && mendable.size() < MOST_MENDED && mend.test(finding)) {
                mendable.add(finding);
            } else if (left.size() < Integrity.MOST_LISTED) {
                left.add(finding);
            }
        }
    }
}
