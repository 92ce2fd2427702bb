/** The HTTP API under {@code /api}: a thin door to the same services that the commands call. */
package studio.ozone.web.api;
