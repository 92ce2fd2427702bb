package studio.ozone.zsei.store;

import studio.ozone.api.care.Inspection.Finding;

/**
 * Something wrong between the trees of the store.
 *
 * @param fix mends it; null where it cannot be derived what it should be
 */
record Fault(Finding finding, Fix fix) {

    /** Mends in a transaction that writes. It looks again first: meanwhile others may have written. */
    @FunctionalInterface
    interface Fix {
        /** @return whether something was written */
        boolean in(View view, Repairs repairs);
    }
}
