package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

/**
 * Fills a store with a {@link Tree} of containers. A chunk is two real sentences drawn at random, in a file that is really there; its vector is
 * the normalised sum of the sentences' vectors and noise, so that near texts have near vectors without 100,000 runs of the model. Two edges leave
 * each container.
 */
final class Filling {

    private static final int COMMIT = 2000;
    private static final int EDGES = 2;
    private static final double NOISE = 0.35;
    private static final int FOLDER_FILES = 500;

    private final ContainerStore store;
    private final Path folder;
    private final Tree tree;
    private final List<String> sentences;
    private final float[][] vectors;
    private final String model;
    private final Random random = new Random(Corpus.SEED);
    private final long[] ids;

    /**
     * @param vectors of the sentences; null for none
     * @param model whose they are
     */
    Filling(ContainerStore store, Path folder, Tree tree, List<String> sentences, float[][] vectors, String model) {
        this.store = store;
        this.folder = folder;
        this.tree = tree;
        this.sentences = sentences;
        this.vectors = vectors;
        this.model = model;
        this.ids = new long[tree.size()];
    }

    /** @return the containers' ids, by their number in the tree */
    long[] fill(Told.Speaker speaker) throws ZseiException, IOException, InterruptedException {
        Path below = Files.createDirectories(folder);
        Map<Integer, Text> documents = new HashMap<>();
        for (int from = 0; from < tree.size(); from += COMMIT) {
            int to = Math.min(tree.size(), from + COMMIT);
            Changes changes = new Changes();
            Map<Long, float[]> embedded = new LinkedHashMap<>();
            for (int node = from; node < to; node++) {
                ids[node] = store.newId();
                changes.put(container(node, below, documents, embedded));
                for (int edge = 0; node > 0 && edge < EDGES; edge++) {
                    int other = random.nextInt(node);
                    changes.relate(new Relation(ids[node], ids[other], RelationType.REFERENCES, 0.9, Relation.Discovery.TEXT_ANALYSIS));
                }
            }
            store.apply(changes);
            if (!embedded.isEmpty()) {
                store.putEmbeddings(model, embedded);
            }
            speaker.progress(to, tree.size());
        }
        return ids;
    }

    /** A document's file: its name, the place of each piece, and which sentences the piece is made of. */
    private record Text(String source, int[] starts, int[] ends, String[] hashes, int[][] drawn) { }

    private Container container(int node, Path below, Map<Integer, Text> documents, Map<Long, float[]> embedded) throws IOException {
        long parent = node == 0 ? 0 : ids[tree.parent(node)];
        return switch (tree.kind(node)) {
            case FOLDER -> Container.of(ids[node], parent, ContainerType.DIRECTORY, "folder " + node, below.resolve("folder-" + node).toString(), null, 0, 0,
                null, Map.of());
            case TEXT -> Container.of(ids[node], parent, ContainerType.TEXT, "text " + node, null, null, 0, 0, null, Map.of());
            case DOCUMENT -> {
                Text text = write(node, below);
                documents.put(node, text);
                yield Container.of(ids[node], parent, ContainerType.DOCUMENT, "document " + node, text.source, null, 0, text.ends[Tree.FAN_OUT - 1], null,
                    Map.of("kind", "text"));
            }
            case CHUNK -> {
                int document = tree.parent(node);
                int piece = (node - 1) % Tree.FAN_OUT;
                Text text = documents.get(document);
                if (piece == Tree.FAN_OUT - 1) {
                    documents.remove(document);
                }
                if (vectors != null) {
                    embedded.put(ids[node], vector(text.drawn[piece]));
                }
                yield Container.of(ids[node], parent, ContainerType.CHUNK, "piece " + piece, text.source, null, text.starts[piece], text.ends[piece],
                    text.hashes[piece], Map.of());
            }
        };
    }

    private Text write(int node, Path below) throws IOException {
        Path file = Files.createDirectories(below.resolve("texts-" + node / FOLDER_FILES)).resolve("document-" + node + ".txt");
        Text text = new Text(file.toString(), new int[Tree.FAN_OUT], new int[Tree.FAN_OUT], new String[Tree.FAN_OUT], new int[Tree.FAN_OUT][]);
        StringBuilder whole = new StringBuilder();
        int at = 0;
        for (int piece = 0; piece < Tree.FAN_OUT; piece++) {
            int[] drawn = {random.nextInt(sentences.size()), random.nextInt(sentences.size())};
            String said = sentences.get(drawn[0]) + " " + sentences.get(drawn[1]);
            text.starts[piece] = at;
            text.ends[piece] = at + said.codePointCount(0, said.length());
            text.hashes[piece] = sha256(said);
            text.drawn[piece] = drawn;
            whole.append(said).append("\n\n");
            at = text.ends[piece] + 2;
        }
        Files.writeString(file, whole);
        return text;
    }

    private float[] vector(int[] drawn) {
        float[] first = vectors[drawn[0]];
        float[] second = vectors[drawn[1]];
        float[] sum = new float[first.length];
        double length = 0;
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (first[i] + second[i] + NOISE * random.nextGaussian() / Math.sqrt(sum.length));
            length += sum[i] * sum[i];
        }
        float scale = (float) (1 / Math.sqrt(length));
        for (int i = 0; i < sum.length; i++) {
            sum[i] *= scale;
        }
        return sum;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
