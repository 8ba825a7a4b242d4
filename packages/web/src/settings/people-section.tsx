import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAnswer, type Ask } from '../use-answer.ts';
import { Waiting } from './parts.tsx';
import styles from './parts.module.css';
import { PersonForm } from './person-form.tsx';
import { PersonRow, type Person } from './person-row.tsx';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.people;

const readPeople: Ask<Person[]> = async (client, signal) =>
  (await client.call('list_users', {}, { signal })).users;

export function PeopleSection() {
  const { value: people, error, reread } = useAnswer(readPeople);
  const [isAdding, setAdding] = useState(false);
  if (!people) return <Waiting error={error} />;
  return (
    <>
      {people.length === 0 && !isAdding && <p className={styles.none}>{said.none}</p>}
      <ul className={styles.list} aria-label={said.list} hidden={people.length === 0}>
        {people.map((person) => (
          <PersonRow key={person.user} person={person} onChanged={reread} />
        ))}
      </ul>
      {isAdding ? (
        <div className={styles.row}>
          <PersonForm
            onSaved={() => {
              setAdding(false);
              reread();
            }}
            onCancel={() => setAdding(false)}
          />
        </div>
      ) : (
        <Button onClick={() => setAdding(true)}>{said.add}</Button>
      )}
    </>
  );
}
