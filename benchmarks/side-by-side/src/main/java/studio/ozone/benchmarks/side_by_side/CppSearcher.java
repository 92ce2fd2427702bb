package studio.ozone.benchmarks.side_by_side;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** hnswlib in C++ in a child process, which reads the vectors from files and answers a line for each round. */
final class CppSearcher implements Searcher {

    static final String NAME = "hnswlib (C++)";

    private final Process process;
    private final BufferedReader in;
    private final BufferedWriter out;
    private final int questions;

    CppSearcher(Path program, Path folder, float[][] vectors, float[][] questions) throws IOException {
        this.questions = questions.length;
        Path base = write(folder.resolve("vectors.f32"), vectors);
        Path asked = write(folder.resolve("questions.f32"), questions);
        process = new ProcessBuilder(program.toString(), base.toString(), asked.toString(), Integer.toString(vectors[0].length), "16", "200")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        in = process.inputReader();
        out = process.outputWriter();
        expect("ready");
    }

    private static Path write(Path file, float[][] vectors) throws IOException {
        try (DataOutputStream to = new DataOutputStream(Files.newOutputStream(file))) {
            ByteBuffer buffer = ByteBuffer.allocate(vectors[0].length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float[] vector : vectors) {
                buffer.clear();
                buffer.asFloatBuffer().put(vector);
                Channels.newChannel(to).write(buffer);
            }
        }
        return file;
    }

    private void expect(String line) throws IOException {
        String got = in.readLine();
        if (!line.equals(got)) {
            throw new IOException("The program in C++ said " + got + " and not " + line);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int[][] round(int ef, Meter meter) throws IOException {
        out.write(ef + "\n");
        out.flush();
        long cpu = Long.parseLong(in.readLine());
        long[] took = Arrays.stream(in.readLine().split(" ")).mapToLong(Long::parseLong).toArray();
        int[][] found = new int[questions][];
        for (int i = 0; i < questions; i++) {
            found[i] = Arrays.stream(in.readLine().split(" ")).mapToInt(Integer::parseInt).toArray();
        }
        if (meter != null) {
            meter.add(cpu / (double) questions, cpu / (double) questions, took);
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        out.close();
        process.destroy();
    }
}
