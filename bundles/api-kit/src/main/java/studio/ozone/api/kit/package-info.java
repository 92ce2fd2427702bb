/** What tests put in place of the services that every bundle leans on. */
package studio.ozone.api.kit;
