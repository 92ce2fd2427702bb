/** Ozone's page in the web console, and who may open the console. */
package studio.ozone.web.console;
