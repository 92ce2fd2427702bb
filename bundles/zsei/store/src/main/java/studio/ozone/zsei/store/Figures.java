package studio.ozone.zsei.store;

import java.util.List;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;

/** What a store counts of its writes. */
interface Figures {

    Figures NONE = group -> { };

    /** A group of writes is durable. */
    void committed(List<Write> group);

    /** Counted for everybody to see, until it is closed. */
    final class Published implements Figures, AutoCloseable {

        static final String COMMITS = "ozone_zsei_store_commits";
        static final String GROUPS = "ozone_zsei_store_groups";
        static final String GROUP_RECORDS = "ozone_zsei_store_group_records";

        private final MetricRegistry metrics;
        private final Counter commits;
        private final Counter groups;
        private final Histogram records;

        Published(MetricRegistry metrics) {
            this.metrics = metrics;
            commits = metrics.counter(COMMITS);
            groups = metrics.counter(GROUPS);
            records = metrics.histogram(GROUP_RECORDS);
        }

        @Override
        public void committed(List<Write> group) {
            groups.inc();
            commits.inc(group.stream().filter(write -> write.commit() != null).count());
            records.update(group.stream().mapToLong(Write::records).sum());
        }

        @Override
        public void close() {
            metrics.remove(COMMITS);
            metrics.remove(GROUPS);
            metrics.remove(GROUP_RECORDS);
        }
    }
}
