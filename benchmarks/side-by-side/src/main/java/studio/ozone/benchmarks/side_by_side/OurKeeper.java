package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;

import studio.ozone.api.zsei.Changes;
import studio.ozone.zsei.store.OurStore;

/** The product's store: a record is a container, which is also told to followers, listed below its parent and noted as changed. */
final class OurKeeper implements Keeper {

    private final OurStore store;

    OurKeeper(Path folder) throws Exception {
        store = new OurStore(folder.resolve("store"), commit -> { });
    }

    @Override
    public String name() {
        return "Ozone Studio";
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public void put(int first, int count) throws Exception {
        Changes changes = new Changes();
        for (int number = first; number < first + count; number++) {
            changes.put(Records.container(number));
        }
        store.store().apply(changes);
    }

    @Override
    public Object get(int number) throws Exception {
        return store.store().get(number).orElseThrow();
    }

    @Override
    public int scan() throws Exception {
        int[] count = new int[1];
        store.store().scan(container -> count[0]++);
        return count[0];
    }

    @Override
    public void close() {
        store.close();
    }
}
