/**
 * Language models on this machine. In reading order: {@link studio.ozone.llm.local.GgufHead} checks a model's file,
 * {@link studio.ozone.llm.local.ModelFolder} keeps the files and {@link studio.ozone.llm.local.Download} fetches them,
 * {@link studio.ozone.llm.local.Needs} says what fits, {@link studio.ozone.llm.local.Child} is the server's process and
 * {@link studio.ozone.llm.local.Client} speaks to it, {@link studio.ozone.llm.local.Engine} decides when it runs, and
 * {@link studio.ozone.llm.local.LocalProvider} answers.
 */
@Toggle(pid = "ozone.llm.local", key = "enabled")
package studio.ozone.llm.local;

import studio.ozone.api.capability.Toggle;
