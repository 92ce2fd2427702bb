package studio.ozone.zsei.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Cursor;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.ZseiException;

/**
 * A state of the store as a view shows it.
 *
 * @param going throws where the store is being closed
 */
record ViewSnapshot(View view, Runnable going) implements Snapshots.Snapshot {

    @Override
    public Snapshots.Totals totals() {
        State state = view.database().state(view.transaction());
        try {
            return new Snapshots.Totals(state.sequence, state.containers(), state.relations, view.database().embeddings.count(view.transaction()),
                    view.database().bytes());
        } catch (IOException e) {
            throw new ExodusException("The size of " + view.database().folder + " cannot be told: " + Problems.reason(e), e);
        }
    }

    @Override
    public void containers(Snapshots.Each<Container> each) throws IOException, ZseiException, InterruptedException {
        passing(each, view::containers);
    }

    @Override
    public void relations(Snapshots.Each<Relation> each) throws IOException, ZseiException, InterruptedException {
        passing(each, view::relations);
    }

    @Override
    public void embeddings(Snapshots.Each<Snapshots.Embedding> each) throws IOException, ZseiException, InterruptedException {
        passing(each, this::vectors);
    }

    private void vectors(Consumer<Snapshots.Embedding> consumer) {
        try (Cursor cursor = view.database().embeddings.openCursor(view.transaction())) {
            while (cursor.getNext()) {
                ByteIterable key = cursor.getKey();
                String model = new String(Arrays.copyOfRange(key.getBytesUnsafe(), Long.BYTES, key.getLength()), StandardCharsets.UTF_8);
                consumer.accept(new Snapshots.Embedding(Keys.number(key, 0), model, Records.vector(key, cursor.getValue())));
            }
        }
    }

    private interface Scan<T> {
        void to(Consumer<T> consumer);
    }

    /** Lets a scan that knows no checked exceptions end with one. */
    private <T> void passing(Snapshots.Each<T> each, Scan<T> scan) throws IOException, ZseiException, InterruptedException {
        InterruptedException[] interrupted = new InterruptedException[1];
        try {
            scan.to(item -> {
                going.run();
                try {
                    each.take(item);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    interrupted[0] = e;
                    throw new IllegalStateException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalStateException e) {
            if (interrupted[0] != null) {
                throw interrupted[0];
            }
            throw e;
        } catch (ExodusException | Bytes.MalformedException | IllegalArgumentException e) {
            throw Problems.of(e, view.database().folder);
        }
    }

    @Override
    public void copy(Path folder, Progress progress) throws ZseiException, InterruptedException {
        new TreeCopy(view, folder, going, progress).run();
    }
}
