package studio.ozone.zsei.store;

import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.zsei.Relation;

/** What repairs change that followers of the store are to be told. */
record Repairs(List<Relation> related, List<Relation> unrelated) {

    Repairs() {
        this(new ArrayList<>(), new ArrayList<>());
    }
}
