package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/** Files of which one call fails: the so many-th that makes, writes, syncs, renames, lists, opens or removes one. */
final class FailingDisk implements Folder.Disk {

    private final AtomicLong calls = new AtomicLong(Long.MAX_VALUE);

    /** The n-th call from now on fails, and that one alone. */
    void failAt(long n) {
        calls.set(n);
    }

    /** @return whether the call that was to fail has failed */
    boolean heal() {
        return calls.getAndSet(Long.MAX_VALUE) <= 0;
    }

    private void call(String what) throws IOException {
        if (calls.decrementAndGet() == 0) {
            throw new IOException("Input/output error: " + what);
        }
    }

    @Override
    public Directory open(Path folder) throws IOException {
        return new FilterDirectory(FSDirectory.open(folder)) {

            @Override
            public String[] listAll() throws IOException {
                call("list");
                return super.listAll();
            }

            @Override
            public IndexInput openInput(String name, IOContext context) throws IOException {
                call("open " + name);
                return super.openInput(name, context);
            }

            @Override
            public IndexOutput createOutput(String name, IOContext context) throws IOException {
                call("create " + name);
                return output(super.createOutput(name, context));
            }

            @Override
            public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
                call("create " + prefix);
                return output(super.createTempOutput(prefix, suffix, context));
            }

            @Override
            public void sync(Collection<String> names) throws IOException {
                call("sync " + names);
                super.sync(names);
            }

            @Override
            public void syncMetaData() throws IOException {
                call("sync the folder");
                super.syncMetaData();
            }

            @Override
            public void rename(String from, String to) throws IOException {
                call("rename " + from);
                super.rename(from, to);
            }

            @Override
            public void deleteFile(String name) throws IOException {
                call("delete " + name);
                super.deleteFile(name);
            }
        };
    }

    /** What is written lies in a buffer until the end, so that is where writing fails. */
    private IndexOutput output(IndexOutput to) {
        return new FilterIndexOutput("failing", to.getName(), to) {

            @Override
            public void close() throws IOException {
                try (IndexOutput closing = out) {
                    call("write " + closing.getName());
                }
            }
        };
    }
}
