/** One class a kind of plugin: what a plugin of that kind takes and gives in the graph. */
package maestro.roles;
