/** Code that runs inside the framework for the tests; it talks to them through JDK types. */
package maestro.runtime.tests.probe;
