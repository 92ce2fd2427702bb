package studio.ozone.benchmarks.side_by_side;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The classes of the JDK's modules: the root's children are the packages, theirs the classes, and a class depends on each that its constant
 * pool names.
 */
final class ClassGraph {

    private ClassGraph() {
    }

    static Net read() throws IOException {
        Map<String, SortedSet<String>> classes = new TreeMap<>();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules"))) {
            files = walk.filter(file -> file.toString().endsWith(".class") && !file.endsWith("module-info.class")).toList();
        }
        for (Path file : files) {
            ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
            SortedSet<String> named = new TreeSet<>();
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof ClassEntry one) {
                    named.add(one.asInternalName().replaceFirst("^\\[+L(.*);$", "$1"));
                }
            }
            classes.put(model.thisClass().asInternalName(), named);
        }
        return numbered(classes);
    }

    private static Net numbered(Map<String, SortedSet<String>> classes) {
        Map<String, Integer> numbers = new TreeMap<>();
        List<String> names = new ArrayList<>(List.of(""));
        classes.keySet().stream().map(ClassGraph::parent).distinct().sorted().forEach(name -> {
            numbers.put(name + "/", names.size());
            names.add(name);
        });
        int first = names.size();
        for (String name : classes.keySet()) {
            numbers.put(name, names.size());
            names.add(name);
        }
        int[] parents = new int[names.size()];
        int[][] targets = new int[names.size()][0];
        for (int node = first; node < parents.length; node++) {
            int self = node;
            parents[node] = numbers.get(parent(names.get(node)) + "/");
            targets[node] = classes.get(names.get(node)).stream().filter(numbers::containsKey).mapToInt(numbers::get)
                    .filter(target -> target != self).sorted().toArray();
        }
        return new Net(names.toArray(String[]::new), parents, targets);
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }
}
