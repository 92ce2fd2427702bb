package studio.ozone.llm.local;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Models.Loaded;
import studio.ozone.api.llm.ProviderException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The life of the child: how it starts or does not, how it ends, and what is said about it. */
public class ChildTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path folder;
    private Home home;

    @Before
    public void start() throws IOException {
        folder = temporary.getRoot().toPath();
        home = new Home(folder).model("small", GgufFile.small());
    }

    @After
    public void stop() {
        home.close();
    }

    @Test
    public void itStartsAtTheFirstQuestionAndEndsWithTheBundle() throws Exception {
        home.set("server__path", ScriptedServer.program(folder, "well").toString()).set("threads", 3).set("context__length", 1024);
        home.provider().check();
        assertEquals(List.of(), home.engine().loaded());
        assertEquals("Hello w\u00f6rld", answer("Hi"));
        Loaded loaded = home.engine().loaded().getFirst();
        assertEquals("small", loaded.model());
        assertTrue(loaded.residentBytes() > 0 && loaded.cpuSeconds() > 0 && loaded.releasedInSeconds() > 290);
        String line = new String(Files.readAllBytes(Path.of("/proc/" + loaded.pid() + "/cmdline")), StandardCharsets.UTF_8).replace('\0', ' ');
        assertTrue(line, line.contains("--threads 3 ") && line.contains("--ctx-size 1024") && line.contains("--batch-size 64 "));
        assertFalse("The key stands on the command line: " + line, line.matches("(?s).*[0-9a-f]{32}.*"));
        try (var files = Files.list(folder.resolve("run"))) {
            assertEquals("The key's file has served", 0, files.count());
        }
        home.close();
        until("the child has ended", () -> !ProcessHandle.of(loaded.pid()).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    public void layersGoToTheGpuThatIsThereAndHasRoom() throws Exception {
        AtomicReference<Machine.Gpu> gpu = new AtomicReference<>();
        home.machine = new Machine() {
            @Override
            Gpu gpu() {
                return gpu.get();
            }
        };
        home.set("server__path", ScriptedServer.program(folder, "well").toString()).set("gpu__layers", 35);
        answer("Hi");
        assertTrue("without one there are none: " + line(), line().contains("--n-gpu-layers 0 ") && !line().contains("--batch-size 512 "));
        gpu.set(new Machine.Gpu("Tiny", 20));
        home.set("gpu__layers", 34);
        String message = failure("Hi").getMessage();
        assertTrue(message, message.contains("llm.local.inference.gpu_layers = 34") && message.contains("Tiny has") && message.contains("model use small --force"));
        home.set("memory__check", false);
        answer("Hi");
        assertTrue(line(), line().contains("--n-gpu-layers 34 ") && line().contains("--batch-size 512 "));
        gpu.set(new Machine.Gpu("Large", 1L << 34));
        home.set("memory__check", true).set("gpu__layers", 33);
        answer("Hi");
        assertTrue(line(), line().contains("--n-gpu-layers 33 "));
    }

    /** The command that the child was started with. */
    private String line() throws IOException {
        return new String(Files.readAllBytes(Path.of("/proc/" + home.engine().loaded().getFirst().pid() + "/cmdline")), StandardCharsets.UTF_8).replace('\0', ' ');
    }

    @Test
    public void itIsLetGoWhenIdleAndComesBack() throws Exception {
        home.set("server__path", ScriptedServer.program(folder, "well").toString()).set("keep__alive__seconds", 1);
        answer("Hi");
        long pid = home.engine().loaded().getFirst().pid();
        until("it was let go", () -> home.engine().loaded().isEmpty() && !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        assertEquals("Hello w\u00f6rld", answer("Hi"));
    }

    @Test
    public void aChangedSettingLoadsAnew() throws Exception {
        home.set("server__path", ScriptedServer.program(folder, "well").toString());
        answer("Hi");
        long pid = home.engine().loaded().getFirst().pid();
        home.set("keep__alive__seconds", 100);
        answer("Hi");
        assertEquals("Nothing that concerns the child has changed", pid, home.engine().loaded().getFirst().pid());
        home.set("batch__size", 8);
        answer("Hi");
        assertFalse(pid == home.engine().loaded().getFirst().pid());
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    public void aDeathHalfWayIsToldAndTheNextQuestionAnswered() throws Exception {
        home.set("server__path", ScriptedServer.program(folder, "well").toString());
        String message = failure("DIE-HALF-WAY").getMessage();
        assertTrue(message, message.contains("llama-server ended with exit code 134") || message.contains("signal 6"));
        assertTrue(message, message.contains("GGML_ASSERT(half way) failed"));
        assertEquals("Hello w\u00f6rld", answer("Hi"));
        failure("END-NOW");
        assertTrue(failure("END-NOW").getMessage().contains("out of luck"));
        assertTrue(failure("Hi").getMessage().contains("rest for a minute"));
        assertThrows(ProviderException.class, () -> home.provider().check());
        home.set("threads", 2);
        assertEquals("Hello w\u00f6rld", answer("Hi"));
    }

    @Test
    public void aChildThatTalksIsDrained() throws Exception {
        home.set("server__path", ScriptedServer.program(folder, "talks").toString());
        for (int i = 0; i < 5; i++) {
            assertEquals("Hello w\u00f6rld", answer("Hi"));
        }
    }

    @Test
    public void anOldServerIsStartedWithoutWhatItDoesNotKnow() throws Exception {
        home.set("server__path", ScriptedServer.program(folder, "old").toString());
        assertEquals("Hello w\u00f6rld", answer("Hi"));
    }

    @Test
    public void whatIsNoServerIsNamedWithWhatItSaid() throws Exception {
        for (List<String> each : List.of(List.of("#!/bin/sh\necho 'no such model' >&2\nexit 1\n", "exit code 1", "no such model"),
                List.of("\u007fELF this is no program\n", "exit code", "ready"), List.of("#!/nowhere/at/all\n", "exit code", "ready"),
                List.of("#!/bin/sh\nkill -SEGV $$\n", "signal 11", "ready"))) {
            home.set("server__path", ScriptedServer.script(folder, each.get(0)).toString());
            String message = failure("Hi").getMessage();
            assertTrue(message, message.contains(folder.resolve("llama-server").toString()) && message.contains(each.get(1)) && message.contains(each.get(2)));
        }
    }

    @Test
    public void aChildThatHangsOrFloodsIsEnded() throws Exception {
        home.set("start__seconds", 2).set("server__path", ScriptedServer.script(folder, "#!/bin/sh\necho starting\nexec sleep 600\n").toString());
        String message = failure("Hi").getMessage();
        assertTrue(message, message.contains("within 2 s where it listens") && message.contains("starting"));
        home.set("server__path", ScriptedServer.program(folder, "floods").toString());
        message = failure("Hi").getMessage();
        assertTrue(message, message.contains("flood") && message.length() < 5_000);
        assertEquals("No child is left", 0, ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)
            .filter(each -> each.info().commandLine().orElse("").contains("llama-server")).count());
    }

    @Test
    public void whatIsMissingIsSaidWithoutStartingAnything() throws Exception {
        home.set("server__path", folder.resolve("nowhere").toString());
        assertTrue(unavailable().contains("llm.local.server_path"));
        home.set("server__path", Files.writeString(folder.resolve("plain"), "text").toString());
        assertTrue(unavailable().contains("not executable"));
        home.set("server__path", ScriptedServer.script(folder, "#!/bin/sh\nexit 1\n").toString());
        home.provider().check();
        home.set("default__model", "../../etc/passwd");
        assertTrue(unavailable().contains("there is no such model"));
        home.set("default__model", "").model("other", GgufFile.small());
        assertTrue(unavailable().contains("ozone-core model use other | small"));
    }

    @Test
    public void aKilledCoreTakesItsChildWithIt() throws Exception {
        Path program = ScriptedServer.program(folder, "well");
        for (int signal : new int[] {9, 15}) {
            Process core = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                Core.class.getName(), folder.toString(), program.toString()).redirectError(new File("/dev/null")).start();
            try (BufferedReader out = new BufferedReader(new InputStreamReader(core.getInputStream(), StandardCharsets.UTF_8))) {
                long pid = Long.parseLong(out.readLine());
                List<ProcessHandle> children = new ArrayList<>(core.descendants().toList());
                assertTrue("a launcher, its watcher and the server: " + children.size(), children.size() >= 3);
                assertTrue(ProcessHandle.of(pid).orElseThrow().isAlive());
                new ProcessBuilder("kill", "-" + signal, Long.toString(core.pid())).start().waitFor();
                assertTrue(core.waitFor(10, TimeUnit.SECONDS));
                until("all have ended after signal " + signal, () -> children.stream().noneMatch(ProcessHandle::isAlive));
            }
        }
    }

    /** A core that asks once, says who serves it, and goes on living. */
    static final class Core {
        public static void main(String[] arguments) throws Exception {
            Home home = new Home(Path.of(arguments[0])).set("server__path", arguments[1]);
            home.provider().complete(Home.ask("Hi", 10), piece -> { });
            System.out.println(home.engine().loaded().getFirst().pid());
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private String answer(String question) throws Exception {
        return home.provider().complete(Home.ask(question, 10), piece -> { }).text();
    }

    private ProviderException failure(String question) {
        return assertThrows(ProviderException.class, () -> answer(question));
    }

    private String unavailable() {
        ProviderException failure = assertThrows(ProviderException.class, () -> home.provider().check());
        assertEquals(ProviderException.Code.UNAVAILABLE, failure.code());
        return failure.getMessage();
    }

    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue("Within 10 s " + what, System.nanoTime() < deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
