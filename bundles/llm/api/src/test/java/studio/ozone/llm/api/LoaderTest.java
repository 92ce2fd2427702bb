package studio.ozone.llm.api;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

/** The bundle with a class loader of its own, as in the container: what is loaded when, and what is left. */
public class LoaderTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** Has its own classes of the bundle, its tests, langchain4j and Jackson. */
    private static final class Own extends URLClassLoader {

        Own(URL[] urls) {
            super(urls, LoaderTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                boolean own = name.startsWith("studio.ozone.llm.api.") || name.startsWith("dev.langchain4j.") || name.startsWith("com.fasterxml.");
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : own ? findClass(name) : super.loadClass(name, resolve);
            }
        }

        boolean has(String name) {
            return findLoadedClass(name) != null;
        }
    }

    @Test(timeout = 60_000)
    public void heavyPartsComeWithTheFirstQuestionAndNothingStaysAfterTheLast() throws Exception {
        // The thread of whoever asks lives on, as those of the shell and of Jetty do.
        ExecutorService asking = Executors.newSingleThreadExecutor();
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("[1]"), Scripts.anthropic("end_turn", "[1]"), Scripts.ollama("stop", "[1]"))) {
            WeakReference<ClassLoader> loader = asking.submit(() -> use(server, folder.getRoot().toPath())).get();
            assertEquals(3, server.asked.size());
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (loader.get() != null && System.nanoTime() < until) {
                System.gc();
                asking.submit(() -> { }).get();
            }
            assertNull("the class loader is still there", loader.get());
        } finally {
            asking.shutdownNow();
        }
    }

    private static WeakReference<ClassLoader> use(ScriptedServer server, Path data) throws Exception {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(LoaderTest::url).toArray(URL[]::new);
        try (Own own = new Own(urls)) {
            @SuppressWarnings("unchecked")
            BiFunction<String, Path, Runnable> driver = (BiFunction<String, Path, Runnable>) own.loadClass(Driver.class.getName()).getDeclaredConstructor().newInstance();
            String[] protocols = {"openai", "anthropic", "ollama"};
            for (String protocol : protocols) {
                Runnable ask = driver.apply(protocol + " " + server.url(protocol.equals("ollama") ? "" : "/v1"), data);
                if (protocol.equals("openai")) {
                    assertTrue(own.has(ApiProvider.class.getName()));
                    for (String heavy : new String[] {"dev.langchain4j.http.client.HttpClient", "com.fasterxml.jackson.databind.ObjectMapper", Models.class.getName(),
                            Exchange.class.getName()}) {
                        assertTrue(heavy + " is loaded before anything is asked", !own.has(heavy));
                    }
                }
                ask.run();
            }
            assertTrue(own.has("com.fasterxml.jackson.databind.ObjectMapper"));
            return new WeakReference<>(own);
        }
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes a provider that was asked whether it could, and gives what asks it and stops it. */
    public static final class Driver implements BiFunction<String, Path, Runnable> {

        @Override
        public Runnable apply(String where, Path data) {
            String[] words = where.split(" ");
            Bench bench = new Bench(data, words[0]).at(words[0], words[1]);
            ApiProvider provider = bench.provider();
            try {
                provider.check();
                provider.countTokens("a text");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return () -> {
                try {
                    assertEquals("[1]", provider.complete(Bench.question("?", "{\"type\":\"array\"}"), piece -> { }).text());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                provider.close();
            };
        }
    }
}
