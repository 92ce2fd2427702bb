/** Finds chunks by words and by meaning: one Lucene index that follows the store and can be built from it at any time. */
package studio.ozone.zsei.index;
