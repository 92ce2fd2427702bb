/**
 * Measures the distribution that it is part of. In reading order: {@link studio.ozone.benchmark.Rows} names what is measured and its bands,
 * {@link studio.ozone.benchmark.Runner} goes through the steps, {@link studio.ozone.benchmark.Sandbox} is the temporary folder and
 * {@link studio.ozone.benchmark.Instance} a process that lives in it, {@link studio.ozone.benchmark.Door} speaks with it.
 * {@link studio.ozone.benchmark.Inside} is the other side: what the measured process does when it is asked for a step.
 * {@link studio.ozone.benchmark.Results} keeps what came of it, {@link studio.ozone.benchmark.Comparing} holds it against an earlier run,
 * and {@link studio.ozone.benchmark.Page} shows it.
 */
package studio.ozone.benchmark;
