fix-task = Fix: use the task of that name
fix = Fix
fix-name = Fix: name it { $name }
fix-use = Fix: use { $words }
